#include "mailbox.h"

#include <gtest/gtest.h>

namespace smtp {
namespace {

TEST(Mailbox, TakesWhatRfc5321Takes) {
  for (const char* address :
       {"a@b", "first.last+tag@sub.example.com", "!#$%&'*+-/=?^_`{|}~@example.com", "\"a b\"@example.com",
        "\"a@b\"@example.com", "\"\\\"\"@example.com", "a@[127.0.0.1]", "a@[IPv6:::1]", "a@xn--bcher-kva.example"})
    EXPECT_EQ(mailbox_fault(address), MailboxFault::kNone) << address;
}

TEST(Mailbox, LetsNothingEndACommandOrAHeaderEarly) {
  for (const char* address : {"a@b\r\nRCPT TO:<c@d>", "a\n@b", "a@b>", "<a@b>", "a@b SIZE=1", "a b@c", "\"a\r\"@b",
                              "\"a\"b\"@c", "\"a\\\"@b", "a@b,c@d", "A <a@b>", "a@[1]]", "a@[a b]"})
    EXPECT_EQ(mailbox_fault(address), MailboxFault::kMalformed) << address;
  EXPECT_EQ(mailbox_fault(std::string_view("a\0@b", 4)), MailboxFault::kMalformed);
}

TEST(Mailbox, RefusesWhatIsNoAddress) {
  for (const char* address :
       {"", "@", "a@", "@b", "a", "a..b@c", ".a@b", "a.@b", "a@b..c", "a@-b", "a@b-", "a@.b", "a@b.", "a@[]"})
    EXPECT_EQ(mailbox_fault(address), MailboxFault::kMalformed) << address;
}

TEST(Mailbox, IsNoLongerThanItsLimits) {
  const std::string domain(63, 'd');
  EXPECT_EQ(mailbox_fault(std::string(64, 'a') + "@" + domain), MailboxFault::kNone);
  EXPECT_EQ(mailbox_fault(std::string(65, 'a') + "@" + domain), MailboxFault::kMalformed);
  EXPECT_EQ(mailbox_fault("a@" + std::string(253, 'd')), MailboxFault::kMalformed);
}

TEST(Mailbox, TellsWhatWouldNeedSmtpUtf8) {
  EXPECT_EQ(mailbox_fault("müller@example.com"), MailboxFault::kNotAscii);
  EXPECT_EQ(mailbox_fault("a@bücher.example"), MailboxFault::kNotAscii);
}

TEST(Mailbox, KnowsItsDomain) {
  EXPECT_EQ(domain_of("a@example.com"), "example.com");
  EXPECT_EQ(domain_of("\"a@b\"@example.com"), "example.com");
}

}  // namespace
}  // namespace smtp
