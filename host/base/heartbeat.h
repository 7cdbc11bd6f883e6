// Since when a thread is inside its present step, so that another one can see that it does not come back.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>

#include "base/clock.h"

namespace herald::base {

// One thread beats, any may look.
class Heartbeat {
 public:
  // A step, as long as this object lives. Steps do not nest.
  class Step {
   public:
    Step(Heartbeat& heartbeat, const Clock& clock) : heartbeat_(heartbeat) {
      heartbeat_.began_ns_.store(clock.mono().time_since_epoch().count(), std::memory_order_release);
    }
    ~Step() { heartbeat_.began_ns_.store(kNone, std::memory_order_release); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Heartbeat& heartbeat_;
  };

  // How long the step under way has taken by `now`; zero between two steps.
  std::chrono::nanoseconds under_way(MonoTime now) const {
    const auto began = began_ns_.load(std::memory_order_acquire);
    if (began == kNone) return std::chrono::nanoseconds::zero();
    // A step that began after `now` was read is none of that moment.
    return std::max(std::chrono::nanoseconds::zero(), now - MonoTime{std::chrono::nanoseconds{began}});
  }

 private:
  static constexpr MonoTime::rep kNone = -1;

  std::atomic<MonoTime::rep> began_ns_{kNone};
};

}  // namespace herald::base
