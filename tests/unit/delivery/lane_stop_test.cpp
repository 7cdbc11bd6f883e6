// Stopping a lane: nothing new, nothing lost.
#include <gtest/gtest.h>

#include "delivery_fixture.h"

namespace herald::delivery {
namespace {

TEST_F(LaneTest, IsIdleWithoutWork) {
  settle_down();
  EXPECT_TRUE(lane().idle());
}

TEST_F(LaneTest, IsNotIdleWhileAProviderHasAMessage) {
  sms().hang();
  accept();
  settle_down();
  EXPECT_FALSE(lane().idle());
  sms().complete(0, success());
  EXPECT_FALSE(lane().idle()) << "an outcome waits in the inbox";
  lane().step();
  EXPECT_FALSE(lane().idle()) << "its settlement is not committed";
  writer_.step();
  EXPECT_FALSE(lane().idle()) << "the commit is not heard of";
  lane().step();
  EXPECT_TRUE(lane().idle());
}

TEST_F(LaneTest, ClaimsNothingOnceItStops) {
  settle_down();
  lane().begin_stop();
  const auto id = accept();
  const auto claims = store_.counts().claims;
  pass(seconds{2});
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_EQ(store_.counts().claims, claims);
  EXPECT_TRUE(lane().idle());
}

TEST_F(LaneTest, PutsBackWhatItClaimedAndDidNotSubmit) {
  const auto id = accept();
  dispatcher_.step();
  lane().begin_stop();
  EXPECT_FALSE(lane().idle()) << "a claim is under way";
  settle_down();
  EXPECT_TRUE(sms().calls().empty());
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_TRUE(store_.row(id).attempts.empty());
  EXPECT_TRUE(lane().idle());
}

TEST_F(LaneTest, SettlesWhatWasInFlightWhenItStopped) {
  sms().hang();
  const auto id = accept();
  settle_down();
  lane().begin_stop();
  settle_down();
  EXPECT_FALSE(lane().idle());
  sms().complete(0, success());
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
  EXPECT_TRUE(lane().idle());
}

TEST_F(LaneTest, SettlesAsATimeoutWhatNeverCameBackWhileStopping) {
  sms().hang();
  const auto id = accept();
  settle_down();
  lane().begin_stop();
  pass(kTimeout + Lane::kGrace);
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_EQ(sms().calls().size(), 1U);
  EXPECT_TRUE(lane().idle());
}

domain::Outcome unfinished() {
  auto outcome = outcome_of(domain::OutcomeKind::kTimeout, "provider_stopped");
  outcome.unfinished = true;
  return outcome;
}

TEST_F(LaneTest, LeavesUncertainWhatAStoppedProviderHadNotFinished) {
  sms().hang();
  const auto id = accept();
  settle_down();
  lane().begin_stop();
  sms().complete(0, unfinished());
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatching) << "the next start's policy decides";
  EXPECT_TRUE(store_.row(id).attempts.empty());
  EXPECT_EQ(lane().view().consecutive_failures, 0U);
  EXPECT_TRUE(lane().idle());
}

TEST_F(LaneTest, PutsBackWhatAProviderHadNotFinishedWhenItLeavesARunningHost) {
  sms().hang();
  const auto id = accept();
  settle_down();
  lane().begin_leave();
  sms().complete(0, unfinished());
  settle_down();
  EXPECT_EQ(status(id), Status::kPending) << "it waits for the provider's return";
  EXPECT_TRUE(store_.row(id).attempts.empty());
  EXPECT_TRUE(dispatcher_.remove_lane("sms"));
}

TEST_F(LaneTest, ClaimsNothingOnceItLeaves) {
  settle_down();
  lane().begin_leave();
  const auto id = accept();
  pass(seconds{2});
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_TRUE(sms().calls().empty());
}

TEST_F(LaneTest, LeavesUncertainWhatIsUnfinishedWhenTheHostStopsMeanwhile) {
  sms().hang();
  const auto id = accept();
  settle_down();
  lane().begin_leave();
  lane().begin_stop();
  lane().begin_leave();
  sms().complete(0, unfinished());
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatching);
}

TEST_F(LaneTest, PutsBackWhatAProviderHadNotFinishedWhenItGoesOn) {
  sms().hang();
  const auto id = accept();
  settle_down();
  sms().always(success());
  sms().complete(0, unfinished());
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
  EXPECT_EQ(store_.row(id).attempts.size(), 1U);
}

TEST_F(LaneTest, SpendsNoAttemptsBehindCallsThatOverstay) {
  sms().set_window(1, 1);
  sms().set_calls_inside(1);
  sms().hang();
  accept();
  settle_down();
  pass(kTimeout + Lane::kGrace);
  const auto waiting = accept();
  pass(seconds{5});
  EXPECT_EQ(sms().calls().size(), 1U);
  EXPECT_TRUE(store_.row(waiting).attempts.empty());
  sms().always(success());
  sms().set_calls_inside(0);
  sms().complete(0, success());
  pass(seconds{5});
  EXPECT_EQ(status(waiting), Status::kDispatched);
}

TEST_F(LaneTest, IsRemovedOnceItIsStoppedAndIdle) {
  sms().hang();
  accept();
  settle_down();
  EXPECT_EQ(dispatcher_.remove_lane("sms").error().code, base::ErrorCode::kConflict);
  lane().begin_stop();
  EXPECT_EQ(dispatcher_.remove_lane("sms").error().code, base::ErrorCode::kConflict);
  sms().complete(0, success());
  settle_down();
  EXPECT_TRUE(dispatcher_.remove_lane("sms"));
  EXPECT_FALSE(dispatcher_.lane("sms"));
  EXPECT_EQ(dispatcher_.remove_lane("sms").error().code, base::ErrorCode::kNotFound);
}

TEST_F(LaneTest, AnIdleLaneThatWasNotStoppedIsNotRemoved) {
  settle_down();
  EXPECT_EQ(dispatcher_.remove_lane("sms").error().code, base::ErrorCode::kConflict);
}

}  // namespace
}  // namespace herald::delivery
