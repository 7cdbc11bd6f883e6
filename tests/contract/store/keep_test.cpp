// Small settings that operators make while the host runs.
#include "store_contract.h"

namespace herald::store {
namespace {

using Kept = std::map<std::string, std::string>;

class KeepContract : public StoreContract {
 protected:
  base::Status keep(const std::string& key, const std::string& value) {
    std::optional<base::Status> answer;
    Command command = Keep{key, value, [&answer](base::Status result) { answer = std::move(result); }};
    static_cast<void>(store().apply({&command, 1}));
    return answer.value();
  }
  Kept kept() { return reader().kept().value(); }
};

TEST_P(KeepContract, NothingIsKeptInANewStore) {
  EXPECT_EQ(kept(), Kept{});
}

TEST_P(KeepContract, KeepsEachSettingUnderItsName) {
  ASSERT_TRUE(keep("provider.alpha", "{\"seed\":1}"));
  ASSERT_TRUE(keep("provider.beta", "{}"));
  EXPECT_EQ(kept(), (Kept{{"provider.alpha", "{\"seed\":1}"}, {"provider.beta", "{}"}}));
}

TEST_P(KeepContract, ALaterValueTakesThePlaceOfTheFormer) {
  ASSERT_TRUE(keep("a", "1"));
  ASSERT_TRUE(keep("a", "2"));
  EXPECT_EQ(kept(), (Kept{{"a", "2"}}));
}

TEST_P(KeepContract, KeepsEveryByte) {
  const std::string key("\0k\xE2\x82\xAC", 5);
  const std::string value("\0\"';\n\xF0\x9F\x98\x80\0", 10);
  ASSERT_TRUE(keep(key, value));
  ASSERT_TRUE(keep("", ""));
  EXPECT_EQ(kept(), (Kept{{"", ""}, {key, value}}));
}

TEST_P(KeepContract, KeepsOverARestart) {
  ASSERT_TRUE(keep("a", "1"));
  restart();
  EXPECT_EQ(kept(), (Kept{{"a", "1"}}));
}

TEST_P(KeepContract, NamesThatDifferInCaseAreTwo) {
  ASSERT_TRUE(keep("a", "1"));
  ASSERT_TRUE(keep("A", "2"));
  EXPECT_EQ(kept().size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, KeepContract, ::testing::ValuesIn(store_kinds()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace herald::store
