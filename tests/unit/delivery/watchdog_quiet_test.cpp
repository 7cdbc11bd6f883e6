// What is not told of as stalled: no false alarm.
#include <gtest/gtest.h>

#include "watchdog_fixture.h"

namespace herald::delivery {
namespace {

TEST_F(WatchdogTest, IsQuietAboutALaneAfterTheProcessItselfStoodStill) {
  hold_every_thread();
  live(seconds{2});
  clock_.advance(minutes{5});
  watchdog_.step();
  live(kLimit - seconds{2});
  EXPECT_EQ(alarms(), 0U);
  live(seconds{4});
  EXPECT_EQ(alarms(), 1U);
}

TEST_F(WatchdogTest, IsQuietAboutAWriterAfterTheProcessItselfStoodStill) {
  writer_.submit(store::Release{{}, [this](const base::Status&) {
                                  clock_.advance(minutes{5});
                                  watchdog_.step();
                                  EXPECT_FALSE(watchdog_.writer_stalled());
                                  watch(kLimit);
                                  EXPECT_TRUE(watchdog_.writer_stalled());
                                }});
  writer_.step();
}

TEST_F(WatchdogTest, IsQuietAboutAnIdleLane) {
  accept();
  live(minutes{5});
  EXPECT_EQ(alarms(), 0U);
  EXPECT_EQ(gauge(), 0);
}

TEST_F(WatchdogTest, IsQuietAboutAnOpenBreaker) {
  open_breaker();
  live(kOpenTime - seconds{1});
  ASSERT_EQ(view().breaker, BreakerState::kOpen);
  EXPECT_EQ(alarms(), 0U);
  EXPECT_EQ(gauge(), 0);
}

TEST_F(WatchdogTest, IsQuietAboutAPacer) {
  auto limited = outcome_of(OutcomeKind::kRateLimited);
  limited.retry_after = minutes{5};
  limited.lane_wide = true;
  sms().always(limited);
  accept_many(3);
  live(minutes{4});
  ASSERT_TRUE(view().paced_until);
  EXPECT_EQ(alarms(), 0U);
  EXPECT_EQ(gauge(), 0);
}

TEST_F(WatchdogTest, IsQuietAboutALaneThatAnOperatorHolds) {
  dispatcher_.set_paused("sms", true);
  accept_many(3);
  live(minutes{2});
  EXPECT_EQ(alarms(), 0U);
}

TEST_F(WatchdogTest, IsQuietAboutRetriesThatAreNotDue) {
  auto limited = outcome_of(OutcomeKind::kRateLimited);
  limited.retry_after = minutes{3};
  sms().always(limited);
  accept_many(3);
  live(minutes{2});
  ASSERT_EQ(store_.count(Status::kPending), 3U);
  EXPECT_EQ(alarms(), 0U);
  EXPECT_EQ(gauge(), 0);
}

TEST_F(WatchdogTest, IsQuietAboutAStoreThatDoesNotCommit) {
  accept_many(3);
  store_.break_disk();
  live(minutes{2});
  EXPECT_EQ(alarms(), 0U);
}

TEST_F(WatchdogTest, IsQuietAboutALaneThatStops) {
  lane().begin_stop();
  accept_many(3);
  live(minutes{2});
  EXPECT_EQ(alarms(), 0U);
}

class SlowProviderWatched : public WatchdogTest {
 protected:
  static Options patient() {
    Options chosen = watched();
    chosen.dispatch_timeout = minutes{10};
    return chosen;
  }
  SlowProviderWatched() : WatchdogTest(patient()) {}
};

TEST_F(SlowProviderWatched, IsNotStalledWithinItsDeadline) {
  sms().set_window(2, 2);
  sms().hang();
  accept_many(6);
  sms().set_calls_inside(2);
  live(minutes{9});
  EXPECT_EQ(alarms(), 0U);
  EXPECT_EQ(gauge(), 0);
}

class AcceptingWatched : public WatchdogTest {
 protected:
  static Options accepting() {
    Options chosen = watched();
    chosen.dispatch = false;
    return chosen;
  }
  AcceptingWatched() : WatchdogTest(accepting()) {}
};

TEST_F(AcceptingWatched, IsNotStalledWithoutDispatch) {
  accept_many(3);
  live(minutes{2});
  EXPECT_EQ(alarms(), 0U);
}

}  // namespace
}  // namespace herald::delivery
