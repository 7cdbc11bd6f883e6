#include "segments.h"

#include <string>

#include <gtest/gtest.h>

namespace herald::sms_mms {
namespace {

std::string repeated(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i)
    all += text;
  return all;
}

void expect_gsm7(const std::string& text, std::uint32_t count) {
  const Segments segments = count_segments(text);
  EXPECT_EQ(segments.encoding, Encoding::kGsm7) << text;
  EXPECT_EQ(segments.count, count) << text;
}

void expect_ucs2(const std::string& text, std::uint32_t count) {
  const Segments segments = count_segments(text);
  EXPECT_EQ(segments.encoding, Encoding::kUcs2) << text;
  EXPECT_EQ(segments.count, count) << text;
}

TEST(Segments, TakesTheEmptyTextForOne) {
  expect_gsm7("", 1);
}

TEST(Segments, HoldsOneHundredAndSixtySeptetsAlone) {
  expect_gsm7(repeated(160, "a"), 1);
  expect_gsm7(repeated(161, "a"), 2);
}

TEST(Segments, HoldsOneHundredAndFiftyThreeSeptetsInEachOfSeveral) {
  expect_gsm7(repeated(306, "a"), 2);
  expect_gsm7(repeated(307, "a"), 3);
  expect_gsm7(repeated(459, "a"), 3);
  expect_gsm7(repeated(460, "a"), 4);
}

TEST(Segments, KnowsTheWholeBasicTable) {
  expect_gsm7("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?", 1);
  expect_gsm7("¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà", 1);
}

TEST(Segments, CountsTwoSeptetsForEachOfTheExtensionTable) {
  for (const char* extended : {"\f", "^", "{", "}", "\\", "[", "~", "]", "|", "€"}) {
    expect_gsm7(repeated(80, extended), 1);
    expect_gsm7(repeated(80, extended) + "a", 2);
  }
}

TEST(Segments, NeverSplitsAnEscapePair) {
  // The euro sign would take septets 153 and 154, so the first part ends one septet short.
  expect_gsm7(repeated(152, "a") + "€" + repeated(151, "a"), 2);
  expect_gsm7(repeated(152, "a") + "€" + repeated(152, "a"), 3);
  // 76 pairs in each part of 153 septets.
  expect_gsm7(repeated(152, "€"), 2);
  expect_gsm7(repeated(153, "€"), 3);
}

TEST(Segments, WritesTheWholeTextInUcs2ForOneCharacterBeyondGsm7) {
  for (const char* beyond : {"`", "ç", "ő", "…", "—", "“", "中", "\t", "\xC2\xA0"})
    expect_ucs2(std::string("a") + beyond, 1);
}

TEST(Segments, HoldsSeventyUnitsAloneAndSixtySevenInEachOfSeveral) {
  expect_ucs2(repeated(70, "ж"), 1);
  expect_ucs2(repeated(71, "ж"), 2);
  expect_ucs2(repeated(134, "ж"), 2);
  expect_ucs2(repeated(135, "ж"), 3);
}

TEST(Segments, CountsTwoUnitsForACharacterBeyondTheBasicPlane) {
  expect_ucs2(repeated(35, "😀"), 1);
  expect_ucs2(repeated(35, "😀") + "a", 2);
}

TEST(Segments, NeverSplitsASurrogatePair) {
  // 33 pairs fit into 67 units and leave one, so 67 pairs need three parts although they are 134 units.
  expect_ucs2(repeated(66, "😀"), 2);
  expect_ucs2(repeated(67, "😀"), 3);
}

TEST(Segments, CountsEveryByteThatIsNoUtf8AsOneReplacement) {
  expect_ucs2(repeated(70, "\xFF"), 1);
  expect_ucs2(repeated(71, "\xFF"), 2);
  expect_ucs2("\xC3", 1);                                    // cut off
  expect_ucs2(repeated(35, "\xC0\x80"), 1);                  // overlong: two bytes, two replacements
  expect_ucs2(repeated(35, "\xC0\x80") + "a", 2);            //
  expect_ucs2(repeated(23, "\xED\xA0\x80") + "a", 1);        // a surrogate in UTF-8: three replacements
  expect_ucs2(repeated(23, "\xED\xA0\x80") + "aa", 2);       //
  expect_ucs2(repeated(17, "\xF4\x90\x80\x80") + "aaa", 2);  // beyond U+10FFFF: four replacements
}

}  // namespace
}  // namespace herald::sms_mms
