// What is told of as stalled, and what is not.
#include "delivery/watchdog.h"

#include <gtest/gtest.h>

#include "delivery_fixture.h"

namespace herald::delivery {
namespace {

using std::chrono::minutes;
using Names = std::vector<std::string>;

class WatchdogTest : public LaneTest {
 protected:
  static constexpr seconds kLimit{20};

  static Options watched() {
    Options chosen = options();
    chosen.stall_after = kLimit;
    return chosen;
  }
  explicit WatchdogTest(const Options& chosen = watched()) : LaneTest(chosen) {}

  // As pass(), with a look as often as the watchdog's thread would take one.
  void live(std::chrono::nanoseconds time) {
    for (; time > std::chrono::nanoseconds::zero(); time -= Watchdog::kInterval) {
      pass(Watchdog::kInterval, milliseconds{250});
      watchdog_.step();
    }
  }

  // The same while another thread does not come back.
  void look_for(seconds time) {
    for (; time > seconds{0}; time -= Watchdog::kInterval) {
      clock_.advance(Watchdog::kInterval);
      watchdog_.step();
    }
  }

  // Every thread of the provider is inside a call that the lane has given up, and messages wait behind them.
  void hold_every_thread() {
    sms().set_window(2, 2);
    sms().hang();
    accept_many(6);
    settle_down();
    sms().set_calls_inside(2);
    live(kTimeout + seconds{1});
    ASSERT_EQ(view().in_flight, 0U);
    ASSERT_NE(view().breaker, BreakerState::kOpen);
  }

  std::int64_t gauge() { return counters().stalled_seconds.value(); }
  std::size_t alarms() const { return log_.of("watchdog.stalled").size(); }

  Watchdog watchdog_{options_, services_, dispatcher_};
};

TEST_F(WatchdogTest, TellsOfALaneWhoseProviderHoldsEveryThread) {
  hold_every_thread();
  live(kLimit + seconds{2});
  EXPECT_EQ(watchdog_.stalled_providers(), Names{"sms"});
  EXPECT_GE(gauge(), kLimit.count());
  ASSERT_EQ(alarms(), 1U);
  EXPECT_EQ(log_.of("watchdog.stalled")[0].fields.at("what"), "lane-sms");
  EXPECT_EQ(log_.of("watchdog.stalled")[0].level, observe::LogLevel::kError);
}

TEST_F(WatchdogTest, TellsOfItOnce) {
  hold_every_thread();
  live(minutes{2});
  EXPECT_EQ(alarms(), 1U);
}

TEST_F(WatchdogTest, SaysWhenItMovesAgain) {
  hold_every_thread();
  live(kLimit + seconds{2});
  sms().always(success());
  sms().set_calls_inside(0);
  lane().notify();
  live(seconds{2});
  EXPECT_EQ(watchdog_.stalled_providers(), Names{});
  EXPECT_EQ(gauge(), 0);
  ASSERT_EQ(log_.of("watchdog.moving").size(), 1U);
  EXPECT_EQ(log_.of("watchdog.moving")[0].fields.at("what"), "lane-sms");
}

class WatchedWithoutBreaker : public WatchdogTest {
 protected:
  static Options unbroken() {
    Options chosen = watched();
    chosen.breaker.failure_threshold = 1'000;
    return chosen;
  }
  WatchedWithoutBreaker() : WatchdogTest(unbroken()) {}
};

TEST_F(WatchedWithoutBreaker, CountsFromTheLastProgress) {
  hold_every_thread();
  live(kLimit - seconds{5});
  EXPECT_GT(gauge(), 0);
  sms().complete(0, success());  // comes back too late, and leaves its thread to another call, which stays away too
  live(kTimeout + kLimit - seconds{2});
  EXPECT_EQ(alarms(), 0U);
  live(seconds{6});
  EXPECT_EQ(alarms(), 1U);
}

TEST_F(WatchedWithoutBreaker, TakesNoOutcomeThatNobodyAskedForAsProgress) {
  hold_every_thread();
  for (int i = 0; i < 2 * kLimit.count(); ++i) {
    sms().complete_ticket(1'000'000, success());
    live(seconds{1});
  }
  EXPECT_EQ(alarms(), 1U);
}

TEST_F(WatchdogTest, ForgetsALaneThatIsTakenAway) {
  hold_every_thread();
  live(kLimit + seconds{2});
  lane().begin_leave();
  settle_down();
  ASSERT_TRUE(dispatcher_.remove_lane("sms"));
  lanes_.clear();
  live(seconds{2});
  EXPECT_EQ(watchdog_.stalled_providers(), Names{});
  EXPECT_EQ(gauge(), 0);
  EXPECT_EQ(log_.of("watchdog.left").size(), 1U);
}

TEST_F(WatchdogTest, LeavesTheOtherLanesOutOfIt) {
  add_provider("email");
  hold_every_thread();
  accept(hours{1}, "email");
  live(kLimit + seconds{2});
  EXPECT_EQ(watchdog_.stalled_providers(), Names{"sms"});
  EXPECT_EQ(counters("email").stalled_seconds.value(), 0);
}

// ---- A step that does not come back ----

TEST_F(WatchdogTest, TellsOfALaneWhoseProviderDoesNotReturnFromSubmit) {
  sms().answer_by([this](const domain::DispatchItem&) {
    look_for(kLimit);
    EXPECT_EQ(watchdog_.stalled_providers(), Names{"sms"});
    return success();
  });
  accept();
  settle_down();
  live(seconds{1});
  EXPECT_EQ(watchdog_.stalled_providers(), Names{});
  EXPECT_EQ(alarms(), 1U);
  EXPECT_EQ(log_.of("watchdog.moving").size(), 1U);
}

TEST_F(WatchdogTest, TellsOfAWriterThatDoesNotComeBack) {
  writer_.submit(store::Release{{}, [this](const base::Status&) {
                                  look_for(kLimit);
                                  EXPECT_TRUE(watchdog_.writer_stalled());
                                  EXPECT_EQ(metrics_.writer_stalled_seconds.value(), kLimit.count());
                                }});
  writer_.step();
  EXPECT_EQ(alarms(), 1U);
  live(seconds{1});
  EXPECT_FALSE(watchdog_.writer_stalled());
  EXPECT_EQ(metrics_.writer_stalled_seconds.value(), 0);
}

TEST_F(WatchdogTest, TellsOfADispatcherThatDoesNotComeBack) {
  store_.on_sweep([this] {
    look_for(kLimit);
    EXPECT_TRUE(watchdog_.dispatcher_stalled());
    EXPECT_EQ(metrics_.dispatcher_stalled_seconds.value(), kLimit.count());
  });
  clock_.advance(ExpirySweep::kInterval);
  dispatcher_.step();
  EXPECT_EQ(alarms(), 1U);
  store_.on_sweep({});
  live(seconds{1});
  EXPECT_FALSE(watchdog_.dispatcher_stalled());
}

// ---- A process that stood still ----

TEST_F(WatchdogTest, DoesNotCountTheTimeInWhichTheProcessStoodStill) {
  hold_every_thread();
  live(kLimit - seconds{5});
  clock_.advance(minutes{10});
  watchdog_.step();
  EXPECT_EQ(alarms(), 0U);
  EXPECT_EQ(gauge(), 0);
  live(kLimit - seconds{2});
  EXPECT_EQ(alarms(), 0U);
  live(seconds{3});
  EXPECT_EQ(alarms(), 1U);
}

TEST_F(WatchdogTest, DoesNotTakeAProcessThatStoodStillForAWriterThatDoes) {
  watchdog_.step();
  writer_.submit(store::Release{{}, [this](const base::Status&) {
                                  clock_.advance(minutes{10});
                                  watchdog_.step();
                                  EXPECT_FALSE(watchdog_.writer_stalled());
                                }});
  writer_.step();
  EXPECT_EQ(alarms(), 0U);
}

TEST_F(WatchdogTest, StillCountsWhereItsOwnLooksAreLate) {
  hold_every_thread();
  for (int i = 0; i < 10; ++i) {
    pass(seconds{3}, milliseconds{250});
    watchdog_.step();
  }
  EXPECT_EQ(alarms(), 1U);
}

// ---- The wall clock ----

TEST_F(WatchdogTest, TellsOfAWallClockThatWasSetBack) {
  live(seconds{2});
  clock_.jump_wall(-minutes{5});
  live(seconds{3});
  const auto lines = log_.of("watchdog.clock_set");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].level, observe::LogLevel::kWarn);
  EXPECT_EQ(lines[0].fields.at("ms"), "-300000");
  EXPECT_NE(lines[0].fields.at("effect").find("later"), std::string::npos);
}

TEST_F(WatchdogTest, TellsOfAWallClockThatWasSetAhead) {
  live(seconds{2});
  clock_.jump_wall(minutes{5});
  live(seconds{3});
  ASSERT_EQ(log_.of("watchdog.clock_set").size(), 1U);
  EXPECT_EQ(log_.of("watchdog.clock_set")[0].fields.at("ms"), "300000");
}

TEST_F(WatchdogTest, IsQuietAboutAWallClockThatIsKeptRight) {
  for (int i = 0; i < 60; ++i) {
    clock_.jump_wall(milliseconds{i % 2 == 0 ? -900 : 900});
    live(seconds{1});
  }
  EXPECT_TRUE(log_.of("watchdog.clock_set").empty());
}

// ---- No false alarm ----

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
