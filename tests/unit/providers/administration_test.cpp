#include "providers/administration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/providers/administration_fixture.h"

namespace herald::providers {
namespace {

using base::ErrorCode;
using domain::Channel;
using domain::ProviderState;
using test::eventually;
using testing::IsEmpty;

using AdministrationTest = test::AdministrationFixture;

TEST_F(AdministrationTest, DisablesAProviderAndKeepsThat) {
  open();
  ASSERT_TRUE(set_enabled("email", false).has_value());
  EXPECT_EQ(state(), ProviderState::kDisabled);
  EXPECT_TRUE(lanes_.paused("email"));
  EXPECT_EQ(registry_->route(Channel::kEmail), "beta");
  EXPECT_EQ(kept_.value("provider.email.enabled"), "false");
  EXPECT_EQ(kept_.value("incumbent.email"), "beta");
}

TEST_F(AdministrationTest, EnablesItAgainAsStandbyOfItsSuccessor) {
  open();
  ASSERT_TRUE(set_enabled("email", false).has_value());
  ASSERT_TRUE(set_enabled("email", true).has_value());
  EXPECT_EQ(state(), ProviderState::kStandby);
  EXPECT_FALSE(lanes_.paused("email"));
  EXPECT_EQ(registry_->route(Channel::kEmail), "beta");
  EXPECT_EQ(kept_.value("provider.email.enabled"), "true");
}

TEST_F(AdministrationTest, GivesTheChannelOfADisabledRouteToNobody) {
  options_.routes[Channel::kEmail] = "email";
  open();
  ASSERT_TRUE(set_enabled("email", false).has_value());
  EXPECT_EQ(registry_->route(Channel::kEmail), std::nullopt);
  EXPECT_EQ(log_.of("provider.channel_unserved").size(), 1U);
  ASSERT_TRUE(set_enabled("email", true).has_value());
  EXPECT_EQ(registry_->route(Channel::kEmail), "email");
}

TEST_F(AdministrationTest, StartsADisabledProviderPaused) {
  kept_.set("provider.email.enabled", "false");
  kept_.set("provider.absent.enabled", "false");
  open();
  EXPECT_EQ(state(), ProviderState::kDisabled);
  EXPECT_TRUE(lanes_.paused("email"));
  EXPECT_EQ(registry_->route(Channel::kEmail), "beta");
}

TEST_F(AdministrationTest, UndoesADisableThatCannotBeKept) {
  open();
  kept_.refuse();
  EXPECT_EQ(code(set_enabled("email", false)), ErrorCode::kUnavailable);
  EXPECT_EQ(state(), ProviderState::kActive);
  EXPECT_FALSE(lanes_.paused("email"));
  EXPECT_EQ(registry_->route(Channel::kEmail), "email");
  EXPECT_EQ(kept_.value("provider.email.enabled"), "");
}

TEST_F(AdministrationTest, KeepsNothingWhenNothingChanges) {
  open();
  EXPECT_TRUE(set_enabled("email", true).has_value());
  EXPECT_EQ(kept_.value("provider.email.enabled"), "");
}

TEST_F(AdministrationTest, KnowsNoOtherNames) {
  open();
  EXPECT_EQ(code(set_enabled("nobody", false)), ErrorCode::kNotFound);
  EXPECT_EQ(code(configure("{}", "nobody")), ErrorCode::kNotFound);
  EXPECT_EQ(admin_->config("nobody").error().code, ErrorCode::kNotFound);
}

TEST_F(AdministrationTest, AnswersAStopWhileACommitIsStuck) {
  open();
  kept_.fall_silent();
  const auto result = std::make_shared<std::promise<base::Status>>();
  auto future = result->get_future();
  admin_->set_enabled("email", false, [result](base::Status status) { result->set_value(status); });
  ASSERT_TRUE(eventually([&] { return lanes_.paused("email"); }));
  admin_->close();
  EXPECT_EQ(code(future.get()), ErrorCode::kUnavailable);
  EXPECT_EQ(code(set_enabled("email", true)), ErrorCode::kUnavailable);
}

TEST_F(AdministrationTest, TurnsAwayWhatComesWhileTooManyChangesWait) {
  open();
  kept_.fall_silent();
  std::atomic<std::size_t> answers{0};
  const auto count = [&answers](const base::Status&) { ++answers; };
  admin_->set_enabled("email", false, count);
  ASSERT_TRUE(eventually([&] { return lanes_.paused("email"); }));
  for (std::size_t i = 0; i < ControlThread::kMostWaiting; ++i)
    admin_->set_enabled("beta", false, count);
  EXPECT_EQ(answers, 0U);
  EXPECT_EQ(code(set_enabled("beta", false)), ErrorCode::kUnavailable);
  EXPECT_EQ(code(configure("{}")), ErrorCode::kUnavailable);
  EXPECT_EQ(code(reset_config()), ErrorCode::kUnavailable);
  admin_->close();
  EXPECT_EQ(answers, ControlThread::kMostWaiting + 1);
}

TEST_F(AdministrationTest, TakesNothingBeforeItIsOpen) {
  registry_.emplace(options_.routes);
  admin_.emplace(options_, *registry_, roster_, Surroundings{clock_, log_, metrics_});
  EXPECT_EQ(code(set_enabled("email", false)), ErrorCode::kUnavailable);
  EXPECT_EQ(code(configure("{}")), ErrorCode::kUnavailable);
  EXPECT_EQ(code(set_faults({})), ErrorCode::kUnavailable);
  EXPECT_EQ(admin_->config("email").error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(admin_->list(), IsEmpty());
  EXPECT_THAT(admin_->fault_injectors(), IsEmpty());
}

}  // namespace
}  // namespace herald::providers
