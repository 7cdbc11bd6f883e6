#include "access/key_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/access/keys.h"

namespace herald::access {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string refusal(const std::string& text) {
  const auto list = KeyList::parse(text);
  EXPECT_FALSE(list) << text;
  return list ? "" : list.error().message;
}

TEST(KeyList, ReadsWhatItWrites) {
  const auto forever = test::minted(1, "send,read");
  const auto passing = test::minted(2, "admin", test::ManualClock::kStart + std::chrono::hours{24});
  const auto text = test::list_of({forever, passing});
  const auto list = KeyList::parse(text);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->text(), text);
  const auto* const found = list->find(passing.secret);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->expires_at, passing.key.expires_at);
  EXPECT_EQ(found->name, "shop");
  EXPECT_TRUE(found->scopes.covers(Scope::kAdmin));
}

TEST(KeyList, HoldsNoSecret) {
  const auto key = test::minted(1);
  EXPECT_THAT(test::list_of({key}), Not(HasSubstr(key.secret.substr(24))));
}

TEST(KeyList, FindsAKeyByItsWholeSecretOnly) {
  const auto key = test::minted(1);
  const auto list = KeyList::parse(test::list_of({key}));
  ASSERT_TRUE(list);
  EXPECT_NE(list->find(key.secret), nullptr);
  auto wrong = key.secret;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  for (const auto& secret : {wrong, test::minted(2).secret, key.key.id, std::string()})
    EXPECT_EQ(list->find(secret), nullptr) << secret;
}

TEST(KeyList, LosesWhatIsRevoked) {
  auto list = KeyList::parse(test::list_of({test::minted(1), test::minted(2)}));
  ASSERT_TRUE(list);
  EXPECT_TRUE(list->remove(test::minted(1).key.id));
  EXPECT_FALSE(list->remove(test::minted(1).key.id));
  EXPECT_EQ(list->find(test::minted(1).secret), nullptr);
  EXPECT_NE(list->find(test::minted(2).secret), nullptr);
}

TEST(KeyList, MayBeEmpty) {
  EXPECT_TRUE(KeyList::parse("")->keys().empty());
  EXPECT_TRUE(KeyList::parse("# nobody\n\n")->keys().empty());
}

TEST(KeyList, NamesTheLineThatItCannotReadAndShowsNothingOfIt) {
  const auto sound = test::list_of({test::minted(1)});
  const auto line = sound.substr(sound.rfind('\n', sound.size() - 2) + 1);
  const auto changed = [&line](const std::string& part, const std::string& by) {
    auto text = line;
    return text.replace(text.find(part), part.size(), by);
  };
  for (const auto& broken :
       {std::string("herald_secret_in_the_wrong_place\n"), changed("send", "sned"), changed("never", "later"),
        changed("2026-01-01", "2026-13-01"), changed(" shop", ""), changed("0101", "010"), changed("send", " send"),
        changed("0101010101010101", "010101010101010G"), changed("shop", "sh\top")}) {
    const auto why = refusal("# head\n" + broken);
    EXPECT_THAT(why, HasSubstr("line 2:")) << broken;
    EXPECT_THAT(why, Not(HasSubstr("herald_secret")));
  }
}

TEST(KeyList, RefusesAKeyThatStandsThereTwice) {
  const auto text = test::list_of({test::minted(1)});
  EXPECT_THAT(refusal(text + text), HasSubstr("a second time"));
}

TEST(KeyList, RefusesAFileThatWasCutOff) {
  const auto text = test::list_of({test::minted(1)});
  EXPECT_THAT(refusal(text.substr(0, text.size() - 1)), HasSubstr("cut off"));
}

}  // namespace
}  // namespace herald::access
