// A watchdog over the room of delivery_fixture.h, which looks as often as its thread would.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "delivery/watchdog.h"
#include "delivery_fixture.h"

namespace herald::delivery {

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

  // Looks while nothing else moves: from inside a step.
  void watch(std::chrono::nanoseconds time) {
    for (; time > std::chrono::nanoseconds::zero(); time -= Watchdog::kInterval) {
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

}  // namespace herald::delivery
