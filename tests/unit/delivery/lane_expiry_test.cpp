// No attempt starts at or after a message's time-to-live.
#include <gtest/gtest.h>

#include "delivery_fixture.h"

namespace herald::delivery {
namespace {

TEST_F(LaneTest, DoesNotAttemptWhatExpiredBeforeItsClaim) {
  const auto id = accept(seconds{1});
  clock_.advance(seconds{1});
  settle_down();
  EXPECT_EQ(status(id), Status::kExpired);
  EXPECT_TRUE(sms().calls().empty());
  EXPECT_EQ(metrics_.expired.value(), 1U);
}

TEST_F(LaneTest, DoesNotAttemptWhatExpiredBetweenClaimAndSubmit) {
  const auto id = accept(seconds{1});
  dispatcher_.step();
  writer_.step();
  ASSERT_EQ(status(id), Status::kDispatching);
  clock_.advance(seconds{1});
  lane().step();
  settle_down();
  EXPECT_TRUE(sms().calls().empty());
  EXPECT_EQ(status(id), Status::kExpired);
  EXPECT_TRUE(store_.row(id).attempts.empty());
  EXPECT_EQ(metrics_.expired.value(), 1U);
  const auto lines = log_.of("message.expired");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].fields.at("message_id"), id.text());
  EXPECT_EQ(lines[0].fields.at("request_id"), "request-1");
  EXPECT_TRUE(lane().idle());
}

TEST_F(LaneTest, AttemptsAMillisecondBeforeExpiry) {
  const auto id = accept(seconds{1});
  clock_.advance(milliseconds{999});
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_F(LaneTest, CutsTheDeadlineToTheTimeToLive) {
  sms().hang();
  const auto id = accept(seconds{2});
  settle_down();
  EXPECT_EQ(sms().calls().front().deadline, clock_.mono() + seconds{2});
  pass(seconds{2} + Lane::kGrace);
  EXPECT_EQ(status(id), Status::kExpired);
  EXPECT_EQ(store_.row(id).attempts.size(), 1U);
  EXPECT_EQ(metrics_.expired.value(), 1U);
}

TEST_F(LaneTest, TakesASuccessThatComesAfterTheTimeToLive) {
  sms().hang();
  const auto id = accept(seconds{2});
  settle_down();
  clock_.advance(seconds{2} + milliseconds{100});
  sms().complete(0, success());
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_F(LaneTest, ExpiresWhatCouldNotBeTriedAgainInTime) {
  auto limited = outcome_of(OutcomeKind::kRateLimited);
  limited.retry_after = seconds{10};
  sms().always(limited);
  const auto id = accept(seconds{10});
  settle_down();
  EXPECT_EQ(status(id), Status::kExpired);
  EXPECT_EQ(sms().calls().size(), 1U);
}

TEST_F(LaneTest, ExpiresWhatIsParkedBehindAnOpenBreaker) {
  open_breaker();
  const auto id = accept(seconds{5});
  pass(seconds{4});
  EXPECT_EQ(status(id), Status::kPending);
  pass(seconds{3});
  EXPECT_EQ(status(id), Status::kExpired);
  EXPECT_EQ(metrics_.expired.value(), 1U);
  EXPECT_EQ(view().breaker, BreakerState::kOpen);
  const auto lines = log_.of("message.expired");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].fields.at("request_id"), "request-1");
  EXPECT_EQ(lines[0].fields.at("provider_name"), "sms");
}

TEST_F(LaneTest, ExpiresWhatWaitsForAProviderThatIsNotThere) {
  const auto id = accept(seconds{5}, "absent");
  pass(seconds{7});
  EXPECT_EQ(status(id), Status::kExpired);
}

TEST_F(LaneTest, SweepsAQueueOfManyPages) {
  open_breaker();
  std::vector<domain::MessageId> parked;
  for (std::size_t i = 0; i < ExpirySweep::kPageRows * 2; ++i)
    parked.push_back(accept(hours{24}));
  const auto last = accept(seconds{2});
  pass(seconds{2});
  pass(ExpirySweep::kInterval + 4 * ExpirySweep::kPagePause, milliseconds{10});
  EXPECT_EQ(status(last), Status::kExpired);
  EXPECT_EQ(status(parked.front()), Status::kPending);
}

}  // namespace
}  // namespace herald::delivery
