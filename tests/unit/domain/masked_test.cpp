// What of an address may stand in a log.
#include <string>

#include <gtest/gtest.h>

#include "domain/address.h"

namespace herald::domain {
namespace {

TEST(Masked, ShowsTheEndsOfANumber) {
  EXPECT_EQ(masked("+14255550167"), "+1***67");
}

TEST(Masked, ShowsInitialsAndTopOfAMailbox) {
  EXPECT_EQ(masked("jane@example.com"), "j***@e***.com");
}

TEST(Masked, ShowsLessOfAShortAddress) {
  EXPECT_EQ(masked("12345"), "1***");
  EXPECT_EQ(masked("A"), "***");
  EXPECT_EQ(masked("j@ex"), "***@***");
  EXPECT_EQ(masked(""), "***");
}

TEST(Masked, NeverPassesAControlCharacterOn) {
  EXPECT_EQ(masked("\r\n4255550\n\n"),
            "*****"
            "**");
  EXPECT_EQ(masked("\nane@\nxample.c\nm"), "***@***");
}

TEST(Masked, ShowsNoTopDomainThatIsNone) {
  EXPECT_EQ(masked("jane@example." + std::string(63, 'z')), "j***@e***." + std::string(63, 'z'));
  EXPECT_EQ(masked("jane@example." + std::string(64, 'z')), "j***@e***");
}

TEST(Masked, NeverCutsACharacterInHalf) {
  EXPECT_EQ(masked("\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd@\xd0\xbf\xd1\x80.bg"), "***@***.bg");
  EXPECT_EQ(masked("\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd"), "*******");
}

TEST(Masked, NeverShowsTheWhole) {
  for (const char* text : {"+14255550167", "12345", "HERALD", "a@b.co", "jane@example.com", "12345678"}) {
    EXPECT_EQ(masked(text).find(text), std::string::npos);
  }
}

}  // namespace
}  // namespace herald::domain
