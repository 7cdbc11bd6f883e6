#include "header.h"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtp {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;
using testing::EndsWith;
using testing::HasSubstr;

std::size_t longest_line(const std::string& header) {
  std::size_t longest = 0;
  for (std::size_t begin = 0; begin < header.size();) {
    const auto end = header.find("\r\n", begin);
    longest = std::max(longest, end - begin);
    begin = end + 2;
  }
  return longest;
}

std::string date_of(std::int64_t second) {
  return mail_date(system_clock::time_point(std::chrono::duration_cast<system_clock::duration>(seconds(second))));
}

TEST(Header, FitsWithoutControlCharactersAlone) {
  EXPECT_TRUE(fits_header("Grüße, 你好 😀"));
  EXPECT_TRUE(fits_header(""));
  for (const char* text : {"a\r\nBcc: x@y", "a\nb", "a\rb", "a\tb", "\x7F", "\xC2\x85", "\x1B[0m"})
    EXPECT_FALSE(fits_header(text)) << text;
  EXPECT_FALSE(fits_header(std::string_view("a\0b", 3)));
}

TEST(Header, FitsNoBrokenUtf8) {
  for (const char* text : {"\xFF", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                           "\xF4\x90\x80\x80", "\x80", "a\xE2\x82"})
    EXPECT_FALSE(fits_header(text)) << text;
}

TEST(Header, LeavesShortAsciiReadable) {
  EXPECT_EQ(text_header("Subject", "Your invoice (12)"), "Subject: Your invoice (12)\r\n");
  EXPECT_EQ(text_header("Subject", ""), "Subject: \r\n");
}

TEST(Header, FoldsLongAsciiAtItsSpaces) {
  std::string value;
  for (int i = 0; i < 40; ++i)
    value += (i == 0 ? "word" : i % 3 == 0 ? "   word" : " word");
  std::string header = text_header("Subject", value);
  EXPECT_LE(longest_line(header), 78U);
  for (std::size_t at = 0; (at = header.find("\r\n ", at)) != std::string::npos;)
    header.erase(at, 2);
  EXPECT_EQ(header, "Subject: " + value + "\r\n");
}

TEST(Header, EncodesWhatAReaderWouldChange) {
  for (const char* value : {" leading", "trailing ", "=?UTF-8?B?SGk=?=", "ümlaut"})
    EXPECT_THAT(text_header("Subject", value), HasSubstr("=?UTF-8?B?")) << value;
  EXPECT_EQ(text_header("Subject", "ü"), "Subject: =?UTF-8?B?w7w=?=\r\n");
}

TEST(Header, EncodesAWordThatFitsNoLine) {
  for (const std::size_t length : {69U, 70U, 77U, 78U, 79U, 2'000U}) {
    const std::string header = text_header("Subject", std::string(length, 'x'));
    EXPECT_LE(longest_line(header), 78U) << length;
    // A line break is followed by a space, or it would begin another header.
    for (std::size_t at = 0; (at = header.find("\r\n", at)) + 2 < header.size(); at += 2)
      EXPECT_EQ(header[at + 2], ' ') << length;
  }
}

TEST(Header, TearsNoCharacterApart) {
  std::string value;
  for (int i = 0; i < 100; ++i)
    value += "x😀";
  const std::string header = text_header("Subject", value);
  EXPECT_LE(longest_line(header), 78U);
  for (std::size_t at = 0; (at = header.find("=?UTF-8?B?", at)) != std::string::npos; at += 10) {
    const auto end = header.find("?=", at);
    ASSERT_LE(end + 2 - at, 75U);
    // F09F9880 is U+1F600: whole ones only, so the base64 of a word never begins inside of one.
    EXPECT_TRUE(header[at + 10] == 'e' || header[at + 10] == '8') << header.substr(at, end - at);
  }
}

TEST(Header, QuotesOrEncodesDisplayNames) {
  EXPECT_EQ(address_header("To", "", "a@b"), "To: a@b\r\n");
  EXPECT_EQ(address_header("From", "A \"B\", C", "a@b"), "From: \"A \\\"B\\\", C\"\r\n <a@b>\r\n");
  EXPECT_THAT(address_header("From", "Grüße", "a@b"), EndsWith("?=\r\n <a@b>\r\n"));
  EXPECT_LE(longest_line(address_header("From", std::string(500, 'n'), "a@b")), 78U);
}

TEST(Header, WritesDates) {
  EXPECT_EQ(date_of(0), "Thu, 01 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(date_of(951'782'400), "Tue, 29 Feb 2000 00:00:00 +0000");
  EXPECT_EQ(date_of(1'767'225'599), "Wed, 31 Dec 2025 23:59:59 +0000");
  EXPECT_EQ(date_of(-1), "Wed, 31 Dec 1969 23:59:59 +0000");
  EXPECT_EQ(mail_date(system_clock::time_point(milliseconds(-1))), "Wed, 31 Dec 1969 23:59:59 +0000");
  EXPECT_EQ(mail_date(system_clock::time_point(milliseconds(1999))), "Thu, 01 Jan 1970 00:00:01 +0000");
}

TEST(Header, CutsYearsThatNoDateHas) {
  EXPECT_EQ(date_of(-9'000'000'000), "Mon, 01 Jan 1900 00:00:00 +0000");
}

TEST(Header, BreaksBase64IntoLines) {
  EXPECT_EQ(base64_lines(""), "");
  EXPECT_EQ(base64_lines("a"), "YQ==\r\n");
  EXPECT_EQ(base64_lines("ab"), "YWI=\r\n");
  EXPECT_EQ(base64_lines(std::string_view("\0\xFF\n", 3)), "AP8K\r\n");
  EXPECT_EQ(base64_lines(std::string(57, 'a')).size(), 78U);
  EXPECT_EQ(base64_lines(std::string(58, 'a')), base64_lines(std::string(57, 'a')) + "YQ==\r\n");
}

}  // namespace
}  // namespace smtp
