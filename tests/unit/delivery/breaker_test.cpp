#include "delivery/breaker.h"

#include <limits>
#include <optional>
#include <stdexcept>

#include <gtest/gtest.h>

namespace herald::delivery {
namespace {

using domain::BreakerState;
using domain::OutcomeKind;
using std::chrono::milliseconds;
using std::chrono::seconds;

class BreakerTest : public ::testing::Test {
 protected:
  static constexpr seconds kOpenTime{30};
  static constexpr seconds kPermitLife{15};

  Breaker::Permit permit() {
    const auto given = breaker_.admit(now_);
    if (!given) throw std::logic_error("no permit is to be had");
    return *given;
  }

  // The transition that one whole attempt causes.
  std::optional<Breaker::Transition> attempt(OutcomeKind outcome) { return breaker_.record(permit(), outcome, now_); }
  void attempts(int count, OutcomeKind outcome) {
    for (int i = 0; i < count; ++i)
      (void)attempt(outcome);
  }

  void open() { attempts(3, OutcomeKind::kError); }
  std::optional<Breaker::Transition> wait(std::chrono::nanoseconds time) {
    now_ += time;
    return breaker_.advance(now_);
  }
  void half_open() {
    open();
    (void)wait(kOpenTime);
  }

  base::MonoTime now_{seconds{1000}};
  Breaker breaker_{BreakerPolicy{3, kOpenTime, 2}, kPermitLife};
};

TEST_F(BreakerTest, AdmitsEverythingWhileClosed) {
  EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
  EXPECT_EQ(breaker_.available(now_), std::numeric_limits<std::size_t>::max());
  for (int i = 0; i < 1000; ++i)
    EXPECT_TRUE(breaker_.admit(now_));
}

TEST_F(BreakerTest, OpensAtTheThresholdAndNotBefore) {
  EXPECT_FALSE(attempt(OutcomeKind::kError));
  EXPECT_FALSE(attempt(OutcomeKind::kTimeout));
  EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
  const auto opened = attempt(OutcomeKind::kError);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->from, BreakerState::kClosed);
  EXPECT_EQ(opened->to, BreakerState::kOpen);
  EXPECT_EQ(opened->failures, 3U);
}

TEST_F(BreakerTest, ASuccessStartsTheCountAnew) {
  attempts(2, OutcomeKind::kError);
  attempts(1, OutcomeKind::kSuccess);
  EXPECT_EQ(breaker_.consecutive_failures(), 0U);
  attempts(2, OutcomeKind::kError);
  EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
}

TEST_F(BreakerTest, NeverOpensWhenFailureAndSuccessAlternate) {
  for (int i = 0; i < 500; ++i) {
    EXPECT_FALSE(attempt(OutcomeKind::kError));
    EXPECT_FALSE(attempt(OutcomeKind::kSuccess));
  }
  EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
}

TEST_F(BreakerTest, RateLimitedAndRejectedNeitherCountNorReset) {
  attempts(2, OutcomeKind::kError);
  attempts(10, OutcomeKind::kRateLimited);
  attempts(10, OutcomeKind::kRejected);
  EXPECT_EQ(breaker_.consecutive_failures(), 2U);
  EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
  EXPECT_TRUE(attempt(OutcomeKind::kTimeout));
  EXPECT_EQ(breaker_.state(), BreakerState::kOpen);
}

TEST_F(BreakerTest, AdmitsNothingWhileOpen) {
  open();
  EXPECT_EQ(breaker_.available(now_), 0U);
  EXPECT_FALSE(breaker_.admit(now_));
  EXPECT_FALSE(wait(kOpenTime - milliseconds{1}));
  EXPECT_FALSE(breaker_.admit(now_));
}

TEST_F(BreakerTest, SaysWhenAnOpenOneAdmitsAgain) {
  EXPECT_FALSE(breaker_.retry_at());
  open();
  EXPECT_EQ(breaker_.retry_at(), now_ + kOpenTime);
  (void)wait(kOpenTime);
  EXPECT_FALSE(breaker_.retry_at());
}

TEST_F(BreakerTest, IsHalfOpenAfterTheOpenTime) {
  open();
  const auto moved = wait(kOpenTime);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->from, BreakerState::kOpen);
  EXPECT_EQ(moved->to, BreakerState::kHalfOpen);
  EXPECT_FALSE(wait(kOpenTime)) << "the move is told once";
}

TEST_F(BreakerTest, AdmitsOnlyItsTrialsWhenHalfOpen) {
  half_open();
  EXPECT_EQ(breaker_.available(now_), 2U);
  EXPECT_TRUE(breaker_.admit(now_));
  EXPECT_EQ(breaker_.available(now_), 1U);
  EXPECT_TRUE(breaker_.admit(now_));
  EXPECT_EQ(breaker_.available(now_), 0U);
  EXPECT_FALSE(breaker_.admit(now_));
}

TEST_F(BreakerTest, ASucceededTrialMakesNoRoomForMoreThanAreNeeded) {
  half_open();
  const auto first = permit();
  const auto second = permit();
  EXPECT_FALSE(breaker_.record(first, OutcomeKind::kSuccess, now_));
  EXPECT_EQ(breaker_.available(now_), 0U);
  EXPECT_TRUE(breaker_.record(second, OutcomeKind::kSuccess, now_));
}

TEST_F(BreakerTest, ClosesOnlyAfterAllItsTrialsSucceeded) {
  half_open();
  EXPECT_FALSE(attempt(OutcomeKind::kSuccess));
  EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
  const auto closed = attempt(OutcomeKind::kSuccess);
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->from, BreakerState::kHalfOpen);
  EXPECT_EQ(closed->to, BreakerState::kClosed);
  EXPECT_EQ(breaker_.consecutive_failures(), 0U);
}

TEST_F(BreakerTest, OneFailedTrialOpensItForAWholeOpenTimeAgain) {
  half_open();
  (void)attempt(OutcomeKind::kSuccess);
  const auto opened = attempt(OutcomeKind::kTimeout);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->from, BreakerState::kHalfOpen);
  EXPECT_EQ(opened->to, BreakerState::kOpen);
  EXPECT_EQ(opened->failures, 4U);
  EXPECT_EQ(breaker_.retry_at(), now_ + kOpenTime);
  EXPECT_FALSE(wait(kOpenTime - milliseconds{1}));
  EXPECT_TRUE(wait(milliseconds{1}));
}

TEST_F(BreakerTest, SuccessesOfAnEarlierHalfOpenStretchDoNotCount) {
  half_open();
  (void)attempt(OutcomeKind::kSuccess);
  (void)attempt(OutcomeKind::kError);
  (void)wait(kOpenTime);
  EXPECT_FALSE(attempt(OutcomeKind::kSuccess));
  EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
}

TEST_F(BreakerTest, ATrialWithoutAVerdictMakesRoomForAnother) {
  half_open();
  for (const auto outcome : {OutcomeKind::kRateLimited, OutcomeKind::kRejected}) {
    const auto first = permit();
    const auto second = permit();
    EXPECT_FALSE(breaker_.record(first, outcome, now_));
    EXPECT_FALSE(breaker_.record(second, outcome, now_));
    EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
    EXPECT_EQ(breaker_.available(now_), 2U);
  }
}

TEST_F(BreakerTest, APermitFromBeforeItOpenedCannotFailATrial) {
  const auto stale = permit();
  half_open();
  EXPECT_FALSE(breaker_.record(stale, OutcomeKind::kError, now_));
  EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
}

TEST_F(BreakerTest, APermitFromBeforeItOpenedCannotCloseIt) {
  const auto one = permit();
  const auto two = permit();
  half_open();
  EXPECT_FALSE(breaker_.record(one, OutcomeKind::kSuccess, now_));
  EXPECT_FALSE(breaker_.record(two, OutcomeKind::kSuccess, now_));
  EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
  EXPECT_EQ(breaker_.available(now_), 2U);
}

TEST_F(BreakerTest, ATrialOfAnEarlierHalfOpenStretchSaysNothing) {
  half_open();
  const auto stale = permit();
  (void)attempt(OutcomeKind::kError);
  (void)wait(kOpenTime);
  EXPECT_FALSE(breaker_.record(stale, OutcomeKind::kError, now_));
  EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
  EXPECT_EQ(breaker_.available(now_), 2U);
}

TEST_F(BreakerTest, AStaleFailureDoesNotCountAfterItClosed) {
  half_open();
  attempts(1, OutcomeKind::kSuccess);
  const auto stale = permit();
  (void)wait(kPermitLife);  // lost: another trial may decide
  attempts(1, OutcomeKind::kSuccess);
  ASSERT_EQ(breaker_.state(), BreakerState::kClosed);
  EXPECT_FALSE(breaker_.record(stale, OutcomeKind::kError, now_));
  EXPECT_EQ(breaker_.consecutive_failures(), 0U);
}

TEST_F(BreakerTest, LostTrialsDoNotWedgeIt) {
  half_open();
  (void)permit();
  (void)permit();
  ASSERT_FALSE(breaker_.admit(now_));
  (void)wait(kPermitLife - milliseconds{1});
  EXPECT_EQ(breaker_.available(now_), 0U);
  (void)wait(milliseconds{1});
  EXPECT_EQ(breaker_.available(now_), 2U);
  attempts(2, OutcomeKind::kSuccess);
  EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
}

TEST_F(BreakerTest, ALostTrialThatComesAfterAllChangesNothing) {
  half_open();
  const auto one = permit();
  const auto two = permit();
  (void)wait(kPermitLife);
  EXPECT_FALSE(breaker_.record(one, OutcomeKind::kSuccess, now_));
  EXPECT_FALSE(breaker_.record(two, OutcomeKind::kError, now_));
  EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
  EXPECT_EQ(breaker_.available(now_), 2U);
}

TEST_F(BreakerTest, APermitCountsOnceInATrial) {
  half_open();
  const auto trial = permit();
  EXPECT_FALSE(breaker_.record(trial, OutcomeKind::kSuccess, now_));
  EXPECT_FALSE(breaker_.record(trial, OutcomeKind::kSuccess, now_));
  EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
}

TEST_F(BreakerTest, FailuresThatWereUnderWayWhenItOpenedDoNotProlongTheOpenTime) {
  const auto late = permit();
  open();
  const auto before = breaker_.retry_at();
  now_ += seconds{10};
  EXPECT_FALSE(breaker_.record(late, OutcomeKind::kError, now_));
  EXPECT_EQ(breaker_.retry_at(), before);
}

TEST_F(BreakerTest, AThresholdOfOneOpensAtTheFirstFailure) {
  Breaker strict(BreakerPolicy{1, kOpenTime, 1}, kPermitLife);
  EXPECT_TRUE(strict.record(*strict.admit(now_), OutcomeKind::kError, now_));
  EXPECT_TRUE(strict.advance(now_ + kOpenTime));
  EXPECT_TRUE(strict.record(*strict.admit(now_ + kOpenTime), OutcomeKind::kSuccess, now_ + kOpenTime));
  EXPECT_EQ(strict.state(), BreakerState::kClosed);
}

TEST_F(BreakerTest, TwoBreakersKnowNothingOfEachOther) {
  Breaker other(BreakerPolicy{3, kOpenTime, 2}, kPermitLife);
  open();
  EXPECT_EQ(other.state(), BreakerState::kClosed);
  EXPECT_EQ(other.consecutive_failures(), 0U);
  EXPECT_TRUE(other.admit(now_));
}

}  // namespace
}  // namespace herald::delivery
