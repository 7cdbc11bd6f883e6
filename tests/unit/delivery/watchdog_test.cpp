// What is told of as stalled.
#include <gtest/gtest.h>

#include "watchdog_fixture.h"

namespace herald::delivery {
namespace {

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
    watch(kLimit);
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
                                  watch(kLimit);
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
    watch(kLimit);
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

}  // namespace
}  // namespace herald::delivery
