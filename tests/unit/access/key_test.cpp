#include "access/key.h"

#include <gtest/gtest.h>

#include "unit/access/keys.h"

namespace herald::access {
namespace {

TEST(Key, HasASecretThatNamesIt) {
  const auto made = test::minted(0xA5);
  EXPECT_EQ(made.key.id, "a5a5a5a5a5a5a5a5");
  EXPECT_EQ(made.secret, "herald_a5a5a5a5a5a5a5a5_" + std::string("a5a5a5a5") + std::string("a5a5a5a5") +
                             std::string("a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"));
  EXPECT_EQ(id_in(made.secret), made.key.id);
  EXPECT_EQ(made.key.digest, base::sha256(made.secret));
}

TEST(Key, IsNamedByNoOtherText) {
  const auto secret = test::minted(1).secret;
  for (const auto& text : {std::string(), std::string("herald_"), secret.substr(1), secret + "0",
                           "Herald_" + secret.substr(7), secret.substr(0, 23) + "-" + secret.substr(24),
                           secret.substr(0, secret.size() - 1) + "G", secret.substr(0, secret.size() - 1) + "A"})
    EXPECT_FALSE(id_in(text)) << text;
}

TEST(Key, ComesFromTheKernelsRandomness) {
  EXPECT_NE(base::entropy(), base::entropy());
}

TEST(Key, HasANameThatFitsALine) {
  for (const auto& name : {std::string("a"), std::string("night watch"), std::string(64, 'x')})
    EXPECT_TRUE(is_key_name(name)) << name;
  for (const auto& name : {std::string(), std::string(" a"), std::string("a "), std::string("a\nb"),
                           std::string("\xC3\xA4"), std::string(65, 'x')})
    EXPECT_FALSE(is_key_name(name)) << name;
}

TEST(Scopes, CoverWhatTheyNameAndNothingElse) {
  const auto scopes = Scopes::parse("admin,send");
  ASSERT_TRUE(scopes);
  EXPECT_TRUE(scopes->covers(Scope::kAdmin));
  EXPECT_TRUE(scopes->covers(Scope::kSend));
  EXPECT_FALSE(scopes->covers(Scope::kRead));
  EXPECT_EQ(scopes->text(), "send,admin");
  EXPECT_FALSE(Scopes::parse("admin")->covers(Scope::kRead)) << "none covers another";
}

TEST(Scopes, AreNamedExactly) {
  for (const char* text : {"", ",", "send,", ",send", "send,send", "Send", "send read", "send, read", "write", "*"})
    EXPECT_FALSE(Scopes::parse(text)) << text;
}

}  // namespace
}  // namespace herald::access
