// UTF-8 as it comes from outside: what is well formed, what could end a line, what is blank.
#include "domain/text.h"

#include <string>

#include <gtest/gtest.h>

namespace herald::domain {
namespace {

using namespace std::string_literals;

TEST(Utf8, CountsCharactersNotOctets) {
  EXPECT_EQ(utf8_length(""), 0U);
  EXPECT_EQ(utf8_length("abc"), 3U);
  EXPECT_EQ(utf8_length("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"), 4U);
  EXPECT_EQ(utf8_length("\0\n"s), 2U) << "control characters are characters";
}

TEST(Utf8, IsRefusedWhereItIsIllFormed) {
  for (const char* text : {"\x80", "\xc3", "\xc3(", "\xe2\x82", "\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80",
                           "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "ok\xfe"}) {
    EXPECT_FALSE(utf8_length(text).has_value()) << testing::PrintToString(std::string(text));
    EXPECT_FALSE(is_clean_utf8(text)) << testing::PrintToString(std::string(text));
  }
}

TEST(CleanText, HoldsNothingThatEndsALine) {
  EXPECT_TRUE(is_clean_utf8("a \xc3\xa4 \xc2\xa0 \xf0\x9f\x98\x80"));
  for (const char* text : {"\n", "a\r", "\t", "\x1f", "\x7f", "\xc2\x80", "\xc2\x9f", "\xe2\x80\xa8", "\xe2\x80\xa9"})
    EXPECT_FALSE(is_clean_utf8(text)) << testing::PrintToString(std::string(text));
  EXPECT_FALSE(is_clean_utf8("\0"s));
}

TEST(BlankText, IsWhiteSpaceOfAnyKind) {
  for (const char* text : {"", " ", "\t\n\v\f\r", "\xc2\x85\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x80\xe2\x80\x8a",
                           "\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaf\xe2\x81\x9f\xe3\x80\x80"})
    EXPECT_TRUE(is_blank(text)) << testing::PrintToString(std::string(text));
  for (const char* text : {"a", " a ", "\xe2\x80\x8b", "\xc2", "\xe2\x80", " \xff"})
    EXPECT_FALSE(is_blank(text)) << testing::PrintToString(std::string(text));
}

}  // namespace
}  // namespace herald::domain
