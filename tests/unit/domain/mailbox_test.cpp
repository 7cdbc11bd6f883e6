// Mailboxes: what is one, and under which form limits and conversations know it.
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "domain/address.h"

namespace herald::domain {
namespace {

std::optional<std::string> normalized(std::string_view text) {
  const auto got = normalize_mailbox(text);
  return got ? std::optional(*got) : std::nullopt;
}

bool is_refused(std::string_view text) {
  return !normalized(text).has_value();
}

TEST(Mailbox, IsFoldedAndLosesItsPlusTag) {
  EXPECT_EQ(normalized("Jane.Doe+News@Example.COM"), "jane.doe@example.com");
  EXPECT_EQ(normalized("a+b+c@example.com"), "a@example.com");
}

TEST(Mailbox, KeepsAPlusThatLeads) {
  EXPECT_EQ(normalized("+tag@example.com"), "+tag@example.com");
}

TEST(Mailbox, TakesEveryAtomCharacter) {
  EXPECT_EQ(normalized("!#$%&'*-/=?^_`{|}~.x@example.com"), "!#$%&'*-/=?^_`{|}~.x@example.com");
}

TEST(Mailbox, NeedsALocalPartAnAtAndADomain) {
  for (const char* text : {"", "@", "jane", "jane@", "@example.com", "jane example.com", "jane@@example.com"}) {
    EXPECT_TRUE(is_refused(text)) << text;
  }
}

TEST(Mailbox, HasNoEmptyAtom) {
  for (const char* text : {".a@example.com", "a.@example.com", "a..b@example.com"})
    EXPECT_TRUE(is_refused(text)) << text;
}

TEST(Mailbox, TakesNoDisplayNameListOrComment) {
  for (const char* text :
       {"Jane <jane@example.com>", "<jane@example.com>", "a@example.com,b@example.com", "a@example.com b@example.com",
        "jane(x)@example.com", " jane@example.com", "jane@example.com "}) {
    EXPECT_TRUE(is_refused(text)) << text;
  }
}

TEST(Mailbox, CannotCarryAHeader) {
  for (const std::string_view text :
       {std::string_view("jane@example.com\r\nBcc: x@example.com"), std::string_view("jane\n@example.com"),
        std::string_view("\"a\r\nb\"@example.com"), std::string_view("a\0b@example.com", 15),
        std::string_view("\"a\0b\"@example.com", 17), std::string_view("a\x7f@example.com"),
        std::string_view("a\xc2\x85@example.com"), std::string_view("a\xe2\x80\xa8@example.com")}) {
    EXPECT_TRUE(is_refused(text));
  }
}

TEST(Mailbox, MayQuoteItsLocalPart) {
  EXPECT_EQ(normalized("\"Jane Doe\"@example.com"), "\"jane doe\"@example.com");
  EXPECT_EQ(normalized("\"a@b\"@example.com"), "\"a@b\"@example.com");
  EXPECT_EQ(normalized("\"a\\\"b\"@example.com"), "\"a\\\"b\"@example.com");
  EXPECT_TRUE(is_refused("\"jane@example.com"));
  EXPECT_TRUE(is_refused("\"jane\"x@example.com"));
  EXPECT_TRUE(is_refused("\"jane\\\"@example.com"));
  EXPECT_TRUE(is_refused("ja\"ne\"@example.com"));
}

TEST(Mailbox, IsTheSameWithNeedlessQuotes) {
  EXPECT_EQ(normalized("\"Jane+x\"@example.com"), "jane@example.com");
}

TEST(Mailbox, HoldsTheLimitsOfItsParts) {
  const std::string label(63, 'd');
  EXPECT_FALSE(is_refused(std::string(64, 'a') + "@example.com"));
  EXPECT_TRUE(is_refused(std::string(65, 'a') + "@example.com"));
  EXPECT_FALSE(is_refused("a@" + label + ".com"));
  EXPECT_TRUE(is_refused("a@d" + label + ".com"));
  const std::string longest = "a@" + label + "." + label + "." + label + "." + std::string(60, 'd');
  ASSERT_EQ(longest.size(), 254U);
  EXPECT_FALSE(is_refused(longest));
  EXPECT_TRUE(is_refused("a" + longest));
}

TEST(Mailbox, HoldsTheGrammarOfDomains) {
  EXPECT_FALSE(is_refused("a@localhost"));
  EXPECT_FALSE(is_refused("a@xn--bcher-kva.example"));
  for (const char* text : {"a@-x.com", "a@x-.com", "a@x..com", "a@.com", "a@x.com.", "a@x_y.com", "a@x y.com"}) {
    EXPECT_TRUE(is_refused(text)) << text;
  }
}

TEST(Mailbox, TakesAddressLiterals) {
  EXPECT_EQ(normalized("a@[192.0.2.1]"), "a@[192.0.2.1]");
  EXPECT_EQ(normalized("a@[IPv6:2001:DB8::1]"), "a@[ipv6:2001:db8::1]");
  for (const char* text : {"a@[192.0.2.256]", "a@[2001:db8::1]", "a@[IPv6:]", "a@[]", "a@[192.0.2.1", "a@192.0.2.1]"}) {
    EXPECT_TRUE(is_refused(text)) << text;
  }
}

TEST(Mailbox, MayBeInternational) {
  EXPECT_EQ(normalized("\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd@\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.bg"),
            "\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd@\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.bg");
  EXPECT_TRUE(is_refused("a\xff@example.com"));
  EXPECT_TRUE(is_refused("a\xc3@example.com"));
  EXPECT_TRUE(is_refused("a\xed\xa0\x80@example.com"));
  EXPECT_TRUE(is_refused("a\xc0\xaf@example.com"));
}

TEST(Mailbox, RefusalDoesNotRepeatTheAddress) {
  const auto refused = normalize_mailbox("secret person@example.com");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace herald::domain
