#include "providers/kept_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/provider_outlets.h"
#include "support/recording_log.h"

namespace herald::providers {
namespace {

using domain::Channel;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class KeptStateTest : public testing::Test {
 protected:
  test::RecordingLog log_;
  test::MemoryKept settings_;
  Keeper keeper_{settings_, log_};
  const std::shared_ptr<Patience> patience_ = std::make_shared<Patience>();
};

TEST_F(KeptStateTest, ReadsWhatItKeeps) {
  ASSERT_TRUE(keeper_.keep_enabled("alpha", false, patience_).has_value());
  ASSERT_TRUE(keeper_.keep_enabled("beta", true, patience_).has_value());
  ASSERT_TRUE(keeper_.keep_config("alpha", R"({"a":1})", patience_).has_value());
  keeper_.keep_incumbents({{Channel::kEmail, "beta"}});
  EXPECT_THAT(settings_.values(),
              ElementsAre(Pair("incumbent.email", "beta"), Pair("provider.alpha.config", R"({"a":1})"),
                          Pair("provider.alpha.enabled", "false"), Pair("provider.beta.enabled", "true")));
  const auto state = read_kept(settings_.load(), log_);
  EXPECT_THAT(state.disabled, ElementsAre("alpha"));
  EXPECT_THAT(state.configs, ElementsAre(Pair("alpha", R"({"a":1})")));
  EXPECT_THAT(state.incumbents, ElementsAre(Pair(Channel::kEmail, "beta")));
  EXPECT_THAT(log_.lines(), IsEmpty());
}

TEST_F(KeptStateTest, SaysWhatMakesNoSenseWithoutShowingIt) {
  settings_.set("provider.alpha.enabled", "perhaps");
  settings_.set("provider.alpha.config", "hunter2");
  settings_.set("incumbent.pigeon", "alpha");
  const auto state = read_kept(settings_.load(), log_);
  EXPECT_THAT(state.disabled, IsEmpty());
  EXPECT_THAT(state.configs, IsEmpty());
  EXPECT_THAT(state.incumbents, IsEmpty());
  EXPECT_EQ(log_.of("provider.kept_unusable").size(), 3U);
  EXPECT_FALSE(log_.mentions("hunter2"));
}

TEST_F(KeptStateTest, LeavesTheKeysOfOtherRoomsAlone) {
  for (const char* key :
       {"", "provider.", "provider..enabled", "provider.enabled", "other.alpha.enabled", "incumbent."})
    settings_.set(key, "false");
  EXPECT_THAT(read_kept(settings_.load(), log_).disabled, IsEmpty());
  EXPECT_THAT(log_.lines(), IsEmpty());
}

TEST_F(KeptStateTest, KeepsOnlyTheIncumbentsThatChanged) {
  keeper_.start_with({{}, {}, {{Channel::kEmail, "beta"}}});
  keeper_.keep_incumbents({{Channel::kEmail, "beta"}, {Channel::kSms, "alpha"}});
  EXPECT_THAT(settings_.values(), ElementsAre(Pair("incumbent.sms", "alpha")));
}

TEST_F(KeptStateTest, SaysThatNothingCouldBeKept) {
  settings_.refuse();
  const auto kept = keeper_.keep_enabled("alpha", false, patience_);
  ASSERT_FALSE(kept.has_value());
  EXPECT_EQ(kept.error().code, base::ErrorCode::kUnavailable);
  EXPECT_THAT(kept.error().message, HasSubstr("the disk refuses"));
  keeper_.keep_incumbents({{Channel::kEmail, "beta"}});
  EXPECT_EQ(log_.of("provider.incumbent_not_kept").size(), 1U);
}

TEST_F(KeptStateTest, WaitsNoLongerThanItsPatience) {
  settings_.fall_silent();
  patience_->end();
  EXPECT_EQ(keeper_.keep_enabled("alpha", false, patience_).error().code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(log_.of("provider.keep_uncertain").size(), 1U);
}

}  // namespace
}  // namespace herald::providers
