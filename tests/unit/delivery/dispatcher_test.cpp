#include "delivery/dispatcher.h"

#include <gtest/gtest.h>

#include "delivery_fixture.h"

namespace herald::delivery {
namespace {

class DispatcherTest : public DeliveryTest {};

TEST_F(DispatcherTest, OneHungProviderDoesNotDelayTheOtherLane) {
  add_provider("sms").hang();
  add_provider("email");
  accept_many(200);
  const auto mail = accept_many(200, "email");
  settle_down();
  EXPECT_EQ(view("sms").in_flight, 64U);
  for (const auto id : mail)
    EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_F(DispatcherTest, OneFailingProviderOpensNoBreakerButItsOwn) {
  add_provider("sms").always(error());
  add_provider("email");
  accept_many(20);
  accept_many(20, "email");
  settle_down();
  EXPECT_EQ(view("sms").breaker, BreakerState::kOpen);
  EXPECT_EQ(view("email").breaker, BreakerState::kClosed);
  EXPECT_EQ(counters("email").breaker_transitions.value(), 0U);
  EXPECT_EQ(counters("email").success.value(), 20U);
}

TEST_F(DispatcherTest, ClaimsForALaneThatIsAddedLater) {
  const auto id = accept();
  pass(seconds{2});
  EXPECT_EQ(status(id), Status::kPending);
  add_provider("sms");
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_F(DispatcherTest, RefusesASecondLaneOfTheSameName) {
  add_provider("sms");
  auto second = std::make_shared<Lane>(sms(), options_, services_, 7);
  EXPECT_EQ(dispatcher_.add_lane(second).error().code, base::ErrorCode::kConflict);
}

TEST_F(DispatcherTest, KnowsNoLaneOfAnotherName) {
  add_provider("sms");
  EXPECT_TRUE(dispatcher_.lane("sms"));
  EXPECT_FALSE(dispatcher_.lane("email"));
}

TEST_F(DispatcherTest, IgnoresWorkForAProviderWithoutALane) {
  dispatcher_.work_available("absent");
  EXPECT_FALSE(dispatcher_.lane("absent"));
}

TEST_F(DispatcherTest, ClaimsOnceForWhatIsThereAndThenRests) {
  add_provider("sms");
  settle_down();
  const auto before = store_.counts().claims;
  accept_many(10);
  settle_down();
  EXPECT_EQ(store_.counts().claims - before, 1U);
}

TEST_F(DispatcherTest, PollsSlowlyToCoverALostWakeUp) {
  add_provider("sms");
  settle_down();
  class Deaf final : public store::CommitListener {
    void work_available(const std::string&) override {}
  } deaf;
  store_.set_listener(deaf);
  const auto id = accept();
  settle_down();
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_LE(dispatcher_.next_wakeup(), options_.poll_interval);
  clock_.advance(options_.poll_interval);
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
  store_.set_listener(dispatcher_);
}

TEST_F(DispatcherTest, HasOneClaimOfALaneUnderWayAtATime) {
  add_provider("sms").set_window(8, 8);
  accept_many(100);
  while (lane().step()) {
  }
  EXPECT_TRUE(dispatcher_.step());
  accept();  // a wake-up; the writer answers the claim, but the lane has not taken it
  EXPECT_FALSE(dispatcher_.step());
  EXPECT_EQ(store_.counts().claims, 1U);
}

TEST_F(DispatcherTest, OffersTheRestOfTheWindowBeforeTheProviderIsCalled) {
  auto& provider = add_provider("sms");
  provider.set_window(16, 64);
  bool demand_inside_submit = false;
  provider.answer_by([&](const domain::DispatchItem&) {
    demand_inside_submit = lane().inbox().has_demand();
    return success();
  });
  accept_many(8);
  settle_down();
  EXPECT_TRUE(demand_inside_submit);
}

TEST_F(DispatcherTest, BoundsOneClaim) {
  add_provider("sms").set_window(1024, 4096);
  const auto ids = accept_many(Lane::kClaimMax + 1);
  lane().step();
  dispatcher_.step();
  writer_.step();
  EXPECT_EQ(store_.counts().claimed, Lane::kClaimMax);
  settle_down();
  EXPECT_EQ(status(ids.back()), Status::kDispatched);
}

TEST_F(DispatcherTest, WorksThroughAQueueManyWindowsLong) {
  add_provider("sms").set_window(16, 64);
  accept_many(2000);
  settle_down();
  EXPECT_EQ(store_.count(Status::kDispatched), 2000U);
  EXPECT_EQ(counters().success.value(), 2000U);
}

TEST_F(DispatcherTest, SleepsAtMostUntilTheNextSweep) {
  EXPECT_FALSE(dispatcher_.step());
  EXPECT_GT(dispatcher_.next_wakeup(), milliseconds{0});
  EXPECT_LE(dispatcher_.next_wakeup(), ExpirySweep::kInterval);
}

Options without_dispatch() {
  Options chosen;
  chosen.dispatch = false;
  return chosen;
}

class AcceptOnly : public DeliveryTest {
 protected:
  AcceptOnly() : DeliveryTest(without_dispatch()) { add_provider("sms"); }
};

TEST_F(AcceptOnly, ClaimsNothing) {
  const auto id = accept();
  pass(seconds{3});
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_EQ(store_.counts().claims, 0U);
}

TEST_F(AcceptOnly, StillExpires) {
  const auto id = accept(seconds{1});
  pass(seconds{3});
  EXPECT_EQ(status(id), Status::kExpired);
}

}  // namespace
}  // namespace herald::delivery
