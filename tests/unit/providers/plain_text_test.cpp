#include "providers/plain_text.h"

#include <gtest/gtest.h>

namespace herald::providers {
namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";

TEST(CleanText, KeepsWellFormedTextOfEveryLength) {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
  EXPECT_EQ(clean_text(text, 100), text);
  EXPECT_TRUE(is_utf8(text));
}

TEST(CleanText, CutsBetweenCharacters) {
  EXPECT_EQ(clean_text("ab\xE2\x82\xAC", 4), "ab");
  EXPECT_EQ(clean_text("ab\xE2\x82\xAC", 5), "ab\xE2\x82\xAC");
}

TEST(CleanText, ReplacesWhatIsIllFormed) {
  for (const char* bad : {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF", "\x80", "\xE2\x82"}) {
    EXPECT_FALSE(is_utf8(bad));
    EXPECT_TRUE(is_utf8(clean_text(bad, 100)));
    EXPECT_TRUE(clean_text(bad, 100).starts_with(kReplacement));
  }
}

TEST(OneLine, EscapesWhatWouldLeaveTheLine) {
  EXPECT_EQ(one_line("a\nb\tc\x1B[31m\x7F\r", 100), "a\\nb\\tc\\x1b[31m\\x7f\\x0d");
  EXPECT_EQ(one_line("\xC2\x85", 100), "\\x85");
}

TEST(OneLine, MarksWhatItCuts) {
  EXPECT_EQ(one_line("0123456789", 10), "0123456789");
  EXPECT_EQ(one_line("01234567890", 10), "0123456...");
  EXPECT_EQ(one_line(std::string(20, '\n'), 10), "\\n\\n\\n...");
}

TEST(ViewOf, ReadsANullPointerAsEmpty) {
  EXPECT_TRUE(view_of(herald_str{nullptr, 10}).empty());
}

}  // namespace
}  // namespace herald::providers
