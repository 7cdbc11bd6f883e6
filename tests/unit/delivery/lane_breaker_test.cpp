// A lane behind its breaker.
#include <gtest/gtest.h>

#include "delivery_fixture.h"

namespace herald::delivery {
namespace {

TEST_F(LaneTest, ParksBehindAnOpenBreakerWithoutTouchingARow) {
  open_breaker();
  const auto parked = accept_many(5);
  const auto before = store_.counts();
  pass(kOpenTime - seconds{1});
  EXPECT_EQ(store_.counts().claims, before.claims);
  EXPECT_EQ(store_.counts().settles, before.settles);
  EXPECT_EQ(sms().calls().size(), 3U);
  for (const auto id : parked) {
    EXPECT_EQ(status(id), Status::kPending);
    EXPECT_TRUE(store_.row(id).attempts.empty());
  }
}

TEST_F(LaneTest, ShowsAnOpenBreakerToOperators) {
  open_breaker();
  EXPECT_EQ(view().consecutive_failures, 3U);
  EXPECT_EQ(view().opened_at, clock_.wall());
  EXPECT_EQ(view().retry_at, clock_.wall() + kOpenTime);
  EXPECT_EQ(counters().breaker_state.value(), 2);
  EXPECT_EQ(counters().breaker_transitions.value(), 1U);
  const auto lines = log_.of("breaker.transition");
  ASSERT_EQ(lines.size(), 1U);
  const std::map<std::string, std::string> expected{
      {"provider_name", "sms"}, {"from", "closed"}, {"to", "open"}, {"failures", "3"}};
  EXPECT_EQ(lines.front().fields, expected);
  EXPECT_EQ(lines.front().level, observe::LogLevel::kWarn);
}

TEST_F(LaneTest, IsHalfOpenWithoutAnyTrafficOnceTheOpenTimeIsOver) {
  sms().always(outcome_of(OutcomeKind::kError));
  for (int i = 0; i < 3; ++i)
    accept(milliseconds{1});  // expires before any retry
  settle_down();
  ASSERT_EQ(view().breaker, BreakerState::kOpen);
  EXPECT_EQ(lane().next_wakeup(), kOpenTime);
  pass(kOpenTime);
  EXPECT_EQ(view().breaker, BreakerState::kHalfOpen);
  EXPECT_FALSE(view().retry_at);
  EXPECT_EQ(counters().breaker_state.value(), 1);
  EXPECT_EQ(counters().breaker_transitions.value(), 2U);
}

TEST_F(LaneTest, MakesItsTrialsWithRealTrafficAndCloses) {
  open_breaker();
  accept_many(10);
  sms().always(success());
  pass(kOpenTime + seconds{1});
  EXPECT_EQ(view().breaker, BreakerState::kClosed);
  EXPECT_EQ(store_.count(Status::kDispatched), 13U);
  EXPECT_EQ(counters().breaker_transitions.value(), 3U);
  EXPECT_FALSE(view().opened_at);
}

TEST_F(LaneTest, SubmitsNoMoreThanItsTrialsWhileHalfOpen) {
  open_breaker();
  accept_many(10);
  sms().hang();
  pass(kOpenTime + seconds{1});
  EXPECT_EQ(view().breaker, BreakerState::kHalfOpen);
  EXPECT_EQ(sms().calls().size(), 3U + 2U);
  EXPECT_EQ(store_.count(Status::kDispatching), 2U);
}

TEST_F(LaneTest, ClaimsNoMoreThanItsTrialsWhileHalfOpen) {
  open_breaker();
  accept_many(10);
  const auto before = store_.counts();
  sms().hang();
  pass(kOpenTime + seconds{1});
  EXPECT_EQ(store_.counts().claimed - before.claimed, 2U);
  EXPECT_EQ(store_.counts().released, before.released);
}

TEST_F(LaneTest, OpensAgainAfterOneFailedTrial) {
  open_breaker();
  accept_many(10);
  pass(kOpenTime + seconds{1});
  EXPECT_EQ(view().breaker, BreakerState::kOpen);
  EXPECT_LE(sms().calls().size(), 3U + 2U);
  EXPECT_EQ(view().retry_at, *view().opened_at + kOpenTime);
}

TEST_F(LaneTest, GoesOnWithTrialsThatGiveNoVerdict) {
  open_breaker();
  accept_many(10);
  int calls = 0;
  sms().answer_by(
      [&calls](const domain::DispatchItem&) { return ++calls <= 6 ? outcome_of(OutcomeKind::kRejected) : success(); });
  pass(kOpenTime + seconds{1});
  EXPECT_EQ(view().breaker, BreakerState::kClosed);
  EXPECT_EQ(store_.count(Status::kFailed), 6U);
}

TEST_F(LaneTest, AHungTrialDoesNotWedgeTheBreaker) {
  open_breaker();
  sms().hang();
  pass(kOpenTime + kTimeout + seconds{1});
  EXPECT_EQ(view().breaker, BreakerState::kOpen) << "a trial that times out has failed";
  sms().always(success());
  pass(kOpenTime + seconds{2});
  EXPECT_EQ(view().breaker, BreakerState::kClosed);
}

TEST_F(LaneTest, PutsBackWithoutAnAttemptWhatWasClaimedWhenItsBreakerOpens) {
  sms().set_window(3, 64);
  sms().always(error());
  const auto ids = accept_many(8);
  settle_down();
  EXPECT_EQ(view().breaker, BreakerState::kOpen);
  EXPECT_EQ(sms().calls().size(), 3U);
  EXPECT_EQ(store_.counts().released, 5U);
  for (std::size_t i = 3; i < ids.size(); ++i) {
    EXPECT_EQ(status(ids[i]), Status::kPending);
    EXPECT_TRUE(store_.row(ids[i]).attempts.empty());
  }
}

TEST_F(LaneTest, PutsBackAClaimThatWasUnderWayWhenItsBreakerOpened) {
  sms().set_window(16, 64);
  sms().hang();
  accept_many(3);
  settle_down();
  const auto late = accept();
  dispatcher_.step();  // the claim is at the writer
  for (std::size_t i = 0; i < 3; ++i)
    sms().complete(i, error());
  lane().step();
  ASSERT_EQ(view().breaker, BreakerState::kOpen);
  settle_down();
  EXPECT_EQ(sms().calls().size(), 3U);
  EXPECT_EQ(status(late), Status::kPending);
  EXPECT_TRUE(store_.row(late).attempts.empty());
}

TEST_F(LaneTest, RateLimitsDoNotOpenTheBreaker) {
  sms().always(outcome_of(OutcomeKind::kRateLimited));
  accept_many(20);
  settle_down();
  EXPECT_EQ(view().breaker, BreakerState::kClosed);
  EXPECT_EQ(counters().breaker_transitions.value(), 0U);
}

TEST_F(LaneTest, TimeoutsOpenTheBreaker) {
  sms().hang();
  accept_many(3);
  pass(kTimeout + Lane::kGrace);
  EXPECT_EQ(view().breaker, BreakerState::kOpen);
}

}  // namespace
}  // namespace herald::delivery
