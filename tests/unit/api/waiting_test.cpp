// "Where is my message?"
#include "api/waiting.h"

#include <gtest/gtest.h>

namespace herald::api {
namespace {

using domain::BreakerState;
using domain::LaneView;
using domain::Status;
using domain::WaitingFor;

class Waiting : public ::testing::Test {
 protected:
  WaitingFor reason() const { return waiting_for(message_, lane_, base::from_unix_ms(1000)); }

  void pending(std::int64_t next_attempt_ms) {
    message_.status = Status::kPending;
    message_.next_attempt_at = base::from_unix_ms(next_attempt_ms);
  }

  domain::MessageRecord message_;
  std::optional<LaneView> lane_ = LaneView{};
};

TEST_F(Waiting, IsForNothingWhenItsTurnHasCome) {
  pending(1000);
  EXPECT_EQ(reason(), WaitingFor::kNothing);
}

TEST_F(Waiting, IsForTheRetryUntilItIsDue) {
  pending(1001);
  EXPECT_EQ(reason(), WaitingFor::kRetry);
}

TEST_F(Waiting, IsForTheBreakerUntilItHasClosed) {
  pending(0);
  lane_->breaker = BreakerState::kOpen;
  EXPECT_EQ(reason(), WaitingFor::kBreaker);
  lane_->breaker = BreakerState::kHalfOpen;
  EXPECT_EQ(reason(), WaitingFor::kBreaker);
}

TEST_F(Waiting, IsForThePacerWhileItHoldsTheLane) {
  pending(0);
  lane_->paced_until = base::from_unix_ms(1001);
  EXPECT_EQ(reason(), WaitingFor::kPacer);
  lane_->paced_until = base::from_unix_ms(1000);
  EXPECT_EQ(reason(), WaitingFor::kNothing);
}

TEST_F(Waiting, IsForTheProviderWhenNoLaneRuns) {
  pending(0);
  lane_.reset();
  EXPECT_EQ(reason(), WaitingFor::kProvider);
}

TEST_F(Waiting, IsForTheProviderWhileItsLaneIsPaused) {
  pending(0);
  lane_->paused = true;
  lane_->breaker = BreakerState::kOpen;
  EXPECT_EQ(reason(), WaitingFor::kProvider);
}

TEST_F(Waiting, IsForTheProviderWhileItDoesNotTakeTheChannel) {
  pending(0);
  lane_->channels = domain::ChannelSet::of(std::array{domain::Channel::kEmail});
  EXPECT_EQ(reason(), WaitingFor::kProvider);
  lane_->channels = domain::ChannelSet::all();
  EXPECT_EQ(reason(), WaitingFor::kNothing);
}

TEST_F(Waiting, TellsWhenTheLaneWillTakeTheMessageAgain) {
  const auto next = [this] { return next_attempt_of(message_, lane_, reason()); };
  pending(0);
  EXPECT_EQ(next(), base::from_unix_ms(0));
  lane_->paced_until = base::from_unix_ms(5000);
  EXPECT_EQ(next(), base::from_unix_ms(5000));
  lane_->paced_until.reset();
  lane_->breaker = BreakerState::kOpen;
  lane_->retry_at = base::from_unix_ms(7000);
  EXPECT_EQ(next(), base::from_unix_ms(7000));
  pending(1001);
  EXPECT_EQ(next(), base::from_unix_ms(1001)) << "its own time comes first";
  pending(0);
  lane_->paused = true;
  EXPECT_EQ(next(), std::nullopt) << "nobody knows when a provider is back";
}

TEST_F(Waiting, IsForTheRetryAlsoWhileTheLaneIsPaused) {
  pending(1001);
  lane_->paused = true;
  EXPECT_EQ(reason(), WaitingFor::kRetry);
}

TEST_F(Waiting, IsOverOnceTheMessageIsNotPending) {
  pending(9999);
  lane_.reset();
  for (const auto status : {Status::kDispatching, Status::kDispatched, Status::kDelivered, Status::kFailed,
                            Status::kExpired, Status::kCancelled, Status::kReceived}) {
    message_.status = status;
    EXPECT_EQ(reason(), WaitingFor::kNothing);
  }
}

}  // namespace
}  // namespace herald::api
