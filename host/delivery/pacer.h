// Holds a whole lane while its provider's own, lane-wide Retry-After runs.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"

namespace herald::delivery {

// One owner, one thread at a time.
class Pacer {
 public:
  // No provider may hold its lane for longer at a stretch: a wrong header must not park a channel for days.
  static constexpr std::chrono::hours kLongestHold{1};

  // Holds the lane until `wait` from now, at most kLongestHold. Never shortens a hold that runs.
  void hold(base::MonoTime now, std::chrono::milliseconds wait);

  bool is_open(base::MonoTime now) const { return now >= until_; }

  // The end of the hold that runs at `now`; nothing when none does.
  std::optional<base::MonoTime> held_until(base::MonoTime now) const;

 private:
  base::MonoTime until_ = base::MonoTime::min();
};

}  // namespace herald::delivery
