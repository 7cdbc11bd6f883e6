// A message's time-to-live holds in every state, and nothing is stuck for ever whatever a provider does.
#include <gtest/gtest.h>

#include "delivery_fixture.h"

namespace herald::delivery {
namespace {

using std::chrono::minutes;

class TimeToLive : public LaneTest {
 protected:
  // Every thread of the provider is inside a call that the lane has given up.
  void hold_every_thread() {
    sms().set_window(4, 4);
    sms().hang();
    accept_many(4);
    settle_down();
    sms().set_calls_inside(4);
    pass(kTimeout + Lane::kGrace);
    ASSERT_EQ(view().in_flight, 0U);
  }
};

TEST_F(TimeToLive, EndsWhatWaitsForItsRetryBehindABreaker) {
  sms().always(error());
  const auto id = accept(seconds{5});
  accept_many(2);
  settle_down();
  ASSERT_EQ(view().breaker, BreakerState::kOpen);
  ASSERT_EQ(status(id), Status::kPending);
  pass(seconds{7});
  EXPECT_EQ(status(id), Status::kExpired);
  EXPECT_EQ(store_.row(id).attempts.size(), 1U);
}

TEST_F(TimeToLive, EndsWhatWaitsForAPacer) {
  auto limited = outcome_of(OutcomeKind::kRateLimited);
  limited.retry_after = minutes{10};
  limited.lane_wide = true;
  sms().always(limited);
  accept();
  settle_down();
  ASSERT_TRUE(view().paced_until);
  const auto id = accept(seconds{5});
  pass(seconds{7});
  EXPECT_EQ(status(id), Status::kExpired);
  EXPECT_EQ(sms().calls().size(), 1U);
}

TEST_F(TimeToLive, EndsWhatWaitsForAProviderThatHoldsEveryThread) {
  hold_every_thread();
  const auto id = accept(seconds{5});
  pass(seconds{7});
  EXPECT_EQ(status(id), Status::kExpired);
  EXPECT_TRUE(store_.row(id).attempts.empty());
}

TEST_F(TimeToLive, EndsWhatAProviderNeverAnswers) {
  sms().hang();
  const auto id = accept(kTimeout + seconds{5});
  pass(kTimeout + seconds{5} + Lane::kGrace);
  EXPECT_EQ(status(id), Status::kExpired);
  ASSERT_EQ(sms().calls().size(), 2U);
  EXPECT_EQ(sms().calls().back().deadline, clock_.mono() - Lane::kGrace) << "the second call was not cut short";
}

TEST_F(TimeToLive, RecordsAnAttemptThatFailsAfterIt) {
  sms().hang();
  const auto id = accept(seconds{2});
  settle_down();
  clock_.advance(seconds{2} + milliseconds{100});
  sms().complete(0, error());
  settle_down();
  EXPECT_EQ(status(id), Status::kExpired);
  ASSERT_EQ(store_.row(id).attempts.size(), 1U);
  EXPECT_EQ(store_.row(id).attempts[0].outcome.kind, OutcomeKind::kError);
}

// Nobody waits for it any more: the message has been told of as expired.
TEST_F(TimeToLive, StandsAgainstASuccessThatComesAfterTheGrace) {
  sms().hang();
  const auto id = accept(seconds{2});
  settle_down();
  pass(seconds{2} + Lane::kGrace);
  ASSERT_EQ(status(id), Status::kExpired);
  sms().complete(0, success());
  settle_down();
  EXPECT_EQ(status(id), Status::kExpired);
  EXPECT_EQ(store_.row(id).attempts.size(), 1U);
  EXPECT_EQ(counters().late_completions.value(), 1U);
}

TEST_F(TimeToLive, EndsWhatAnAbsentProviderLeftInTheMiddle) {
  sms().hang();
  const auto id = accept(minutes{1});
  settle_down();
  lane().begin_leave();
  pass(kTimeout + Lane::kGrace);
  ASSERT_TRUE(lane().idle());
  ASSERT_TRUE(dispatcher_.remove_lane("sms"));
  EXPECT_EQ(status(id), Status::kPending);
  lanes_.clear();
  pass(minutes{1});
  EXPECT_EQ(status(id), Status::kExpired);
}

class WallClockJump : public TimeToLive {};

TEST_F(WallClockJump, ForwardExpiresWhatWaits) {
  open_breaker();
  const auto id = accept(minutes{30});
  clock_.jump_wall(std::chrono::hours{1});
  pass(seconds{2});
  EXPECT_EQ(status(id), Status::kExpired);
}

TEST_F(WallClockJump, ForwardLeavesACallItsTime) {
  sms().hang();
  const auto id = accept(minutes{30});
  settle_down();
  clock_.jump_wall(std::chrono::hours{1});
  pass(kTimeout - seconds{1});
  EXPECT_EQ(status(id), Status::kDispatching);
  sms().complete(0, success());
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_F(WallClockJump, BackLeavesACallNoMoreThanItsTime) {
  sms().hang();
  const auto id = accept();
  settle_down();
  clock_.jump_wall(-std::chrono::hours{1});
  pass(kTimeout + Lane::kGrace);
  EXPECT_EQ(store_.row(id).attempts.size(), 1U);
  sms().always(success());
  pass(seconds{5});
  EXPECT_EQ(status(id), Status::kDispatched) << "the retry's time is told by the clock as it stands now";
}

// Due times are moments of the wall clock, so that they outlive the process.
TEST_F(WallClockJump, BackMakesWhatWaitedWaitForTheClockAndHoldsUpNothingElse) {
  dispatcher_.set_paused("sms", true);
  const auto before = accept(minutes{2});
  clock_.jump_wall(-minutes{1});
  dispatcher_.set_paused("sms", false);
  const auto after = accept(minutes{2});
  settle_down();
  EXPECT_EQ(status(after), Status::kDispatched);
  EXPECT_EQ(status(before), Status::kPending);
  pass(minutes{1});
  EXPECT_EQ(status(before), Status::kDispatched);
}

class NothingIsStuck : public LaneTest {
 protected:
  void expect_end(const std::vector<domain::MessageId>& ids) {
    for (const auto id : ids)
      EXPECT_NE(status(id), Status::kDispatching) << id.text();
    for (const auto id : ids)
      EXPECT_NE(status(id), Status::kPending) << id.text();
    EXPECT_TRUE(lane().idle());
  }
};

TEST_F(NothingIsStuck, WhenAProviderCompletesHalfOfEachBatch) {
  int item = 0;
  sms().answer_by([&item](const domain::DispatchItem&) -> std::optional<domain::Outcome> {
    if (++item % 2 == 0) return std::nullopt;
    return success();
  });
  std::vector<domain::MessageId> ids;
  for (int i = 0; i < 32; ++i)
    ids.push_back(accept(minutes{5}));
  pass(minutes{5} + seconds{2}, milliseconds{500});
  expect_end(ids);
  EXPECT_GE(store_.count(Status::kDispatched), 16U);
}

TEST_F(NothingIsStuck, WhenAProviderNeverCompletes) {
  sms().hang();
  const auto ids = accept_many(8);
  pass(minutes{20}, milliseconds{500});
  expect_end(ids);
}

TEST_F(NothingIsStuck, WhenAProviderCompletesOnlyWhatItWasNotAsked) {
  sms().answer_by([this](const domain::DispatchItem& item) -> std::optional<domain::Outcome> {
    sms().complete_ticket(item.ticket + 1'000'000, success());
    return std::nullopt;
  });
  const auto ids = accept_many(4);
  pass(minutes{20}, milliseconds{500});
  expect_end(ids);
  EXPECT_GE(counters().invalid_completions.value(), 4U);
}

TEST_F(NothingIsStuck, WhenAProviderAsksForAnEndlessPause) {
  auto limited = outcome_of(OutcomeKind::kRateLimited);
  limited.retry_after = milliseconds::max();
  sms().always(limited);
  const auto ids = accept_many(4);
  pass(seconds{5});
  expect_end(ids);
}

}  // namespace
}  // namespace herald::delivery
