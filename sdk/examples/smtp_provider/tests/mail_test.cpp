#include "mail.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "header.h"

namespace smtp {
namespace {

using testing::HasSubstr;
using testing::Not;

class Composed : public testing::Test {
 protected:
  Composed() {
    letter_.from = "a@example.org";
    letter_.to = "b@example.com";
    letter_.body = "Hello";
    letter_.message_id = "<1@example.org>";
  }

  Letter letter_;
};

TEST_F(Composed, TextIsOnePart) {
  letter_.subject = "Hi";
  EXPECT_EQ(compose(letter_),
            "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"
            "From: a@example.org\r\n"
            "To: b@example.com\r\n"
            "Subject: Hi\r\n"
            "Message-ID: <1@example.org>\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "\r\n"
            "SGVsbG8=\r\n");
}

TEST_F(Composed, HasNoSubjectWhenTheMessageHasNone) {
  EXPECT_THAT(compose(letter_), Not(HasSubstr("Subject:")));
}

TEST_F(Composed, HtmlHasATextBeforeIt) {
  letter_.is_html = true;
  letter_.body = "<p>Hello</p>";
  const std::string mail = compose(letter_);
  const auto text = mail.find("text/plain");
  const auto html = mail.find("text/html");
  EXPECT_THAT(mail, HasSubstr("multipart/alternative"));
  ASSERT_NE(html, std::string::npos);
  EXPECT_LT(text, html);
  EXPECT_THAT(mail, HasSubstr(base64_lines("Hello\r\n")));
  EXPECT_THAT(mail, HasSubstr(base64_lines("<p>Hello</p>")));
}

TEST_F(Composed, HtmlWithoutWordsStandsAlone) {
  letter_.is_html = true;
  letter_.body = "<img src=x>";
  EXPECT_THAT(compose(letter_), Not(HasSubstr("multipart")));
}

TEST_F(Composed, ListsAttachmentsInAPartOfTheirOwn) {
  letter_.links = {"https://e.x/1", "https://e.x/2"};
  const std::string mail = compose(letter_);
  EXPECT_THAT(mail, HasSubstr("multipart/mixed"));
  EXPECT_THAT(mail, HasSubstr(base64_lines("Hello")));
  EXPECT_THAT(mail, HasSubstr(base64_lines("https://e.x/1\r\nhttps://e.x/2\r\n")));
}

TEST_F(Composed, IsTheSameEachTime) {
  letter_.links = {"https://e.x/1"};
  EXPECT_EQ(compose(letter_), compose(letter_));
}

TEST_F(Composed, HasABoundaryOfItsOwn) {
  letter_.links = {"https://e.x/1"};
  const auto boundary_of = [](const std::string& mail) { return mail.substr(mail.find("boundary="), 40); };
  const std::string first = boundary_of(compose(letter_));
  letter_.message_id = "<2@example.org>";
  EXPECT_NE(boundary_of(compose(letter_)), first);
}

TEST_F(Composed, NamesWhomToAnswer) {
  letter_.reply_to = "c@example.net";
  EXPECT_THAT(compose(letter_), HasSubstr("\r\nReply-To: c@example.net\r\n"));
}

TEST(MessageId, IsOnePerToken) {
  EXPECT_EQ(message_id_of("06AKB6AFF0000", "example.org"), "<06AKB6AFF0000@example.org>");
  EXPECT_EQ(message_id_of("a-b", "x"), "<a-b@x>");
  EXPECT_EQ(message_id_of("a b>\r\n.", "x"), "<a=20b=3E=0D=0A=2E@x>");
  EXPECT_NE(message_id_of("a=20b", "x"), message_id_of("a b", "x"));
}

}  // namespace
}  // namespace smtp
