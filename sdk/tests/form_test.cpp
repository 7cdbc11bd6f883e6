// Percent-encoding and forms, as carriers and others send them.
#include <string>

#include <gtest/gtest.h>

#include <herald/form.h>

namespace herald {
namespace {

std::string encoded(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += {'%', kHex[byte >> 4], kHex[byte & 0xF]};
  }
  return text;
}

TEST(Form, DecodesPlusAsASpaceAndPercentAsAByte) {
  const auto form = Form::parse("Body=Hello+there%21&From=%2B15550100&x%20y=z");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->value("Body"), "Hello there!");
  EXPECT_EQ(form->value("From"), "+15550100");
  EXPECT_EQ(form->value("x y"), "z");
}

TEST(Form, TellsAnAbsentFieldFromAnEmptyOne) {
  const auto form = Form::parse("empty=&bare");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->value("empty"), "");
  EXPECT_EQ(form->value("bare"), "");
  EXPECT_EQ(form->value("absent"), std::nullopt);
}

TEST(Form, FindsFieldsByTheirNameWithItsCase) {
  const auto form = Form::parse("from=lower&From=upper");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->value("From"), "upper");
}

TEST(Form, AnswersTheFirstOfANameAndKeepsThemAllInOrder) {
  const auto form = Form::parse("a=1&b=2&a=3");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->value("a"), "1");
  ASSERT_EQ(form->fields().size(), 3U);
  EXPECT_EQ(form->fields()[2].name, "a");
  EXPECT_EQ(form->fields()[2].value, "3");
}

TEST(Form, SkipsEmptyPieces) {
  const auto form = Form::parse("&&a=1&&&b=2&");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->fields().size(), 2U);
  EXPECT_TRUE(Form::parse("")->fields().empty());
}

TEST(Form, SplitsAtTheFirstEqualsSignAlone) {
  EXPECT_EQ(Form::parse("url=https://a.example/?b=c")->fields()[0].value, "https://a.example/?b=c");
  EXPECT_EQ(Form::parse("=value")->fields()[0].name, "");
}

TEST(Form, RefusesAPercentSignWithoutTwoHexadecimalDigits) {
  for (const char* malformed :
       {"a=%", "a=%4", "a=%zz", "a=%4g", "a=%%41", "%=a", "%4=1", "a=% 1", "a=%+1", "a=%-1", "fine=1&a=%4&also=fine"})
    EXPECT_FALSE(Form::parse(malformed)) << malformed;
}

TEST(Form, DoesNotReadAPercentSignAcrossTheBordersOfAField) {
  EXPECT_FALSE(Form::parse("a=%4&1=b"));
  EXPECT_FALSE(Form::parse("a%4=1"));
}

TEST(Form, HoldsEveryByteUnchanged) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte)
    bytes += static_cast<char>(byte);
  const auto form = Form::parse(encoded("na\0me") + "=" + encoded(bytes));
  ASSERT_TRUE(form);
  EXPECT_EQ(form->fields()[0].value, bytes);
}

TEST(Form, KeepsNulsInNamesAndValues) {
  const auto form = Form::parse(std::string("a%00b=c\0d", 9));
  ASSERT_TRUE(form);
  EXPECT_EQ(form->value(std::string_view("a\0b", 3)), std::string_view("c\0d", 3));
  EXPECT_EQ(form->value("a"), std::nullopt);
}

TEST(Form, ReadsOneHugeField) {
  std::string body = "Body=";
  for (int i = 0; i < 300'000; ++i)
    body += "%41";
  const auto form = Form::parse(body);
  ASSERT_TRUE(form);
  EXPECT_EQ(form->value("Body"), std::string(300'000, 'A'));
}

TEST(Form, RefusesMoreFieldsThanACarrierSends) {
  std::string most;
  for (std::size_t i = 0; i < Form::kMaxFields; ++i)
    most += "&a=1";
  ASSERT_TRUE(Form::parse(most));
  EXPECT_EQ(Form::parse(most)->fields().size(), Form::kMaxFields);
  EXPECT_FALSE(Form::parse(most + "&a=1"));
  EXPECT_TRUE(Form::parse(std::string(1'000'000, '&'))) << "separators alone are no fields";
}

TEST(PercentDecoded, KeepsThePlusOfAPath) {
  EXPECT_EQ(percent_decoded("/a+b%2Fc%2f"), "/a+b/c/");
  EXPECT_EQ(percent_decoded(""), "");
}

TEST(PercentDecoded, RefusesWhatIsMalformed) {
  EXPECT_EQ(percent_decoded("/%"), std::nullopt);
  EXPECT_EQ(percent_decoded("/%G0"), std::nullopt);
}

}  // namespace
}  // namespace herald
