// When requests are due in the open loop: at a steady rate, whatever the answers do.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace herald::tools::bench {

// Each moment is computed from the beginning, so that no rounding adds up and no delay shifts what follows.
class Schedule {
 public:
  // `per_second` is above 0.
  Schedule(base::MonoTime begin, double per_second) : begin_(begin), per_second_(per_second) {}

  // When the request with this number, from 0 on, is due.
  base::MonoTime due(std::uint64_t number) const {
    const double seconds = static_cast<double>(number) / per_second_;
    return begin_ + std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
  }

 private:
  base::MonoTime begin_;
  double per_second_;
};

}  // namespace herald::tools::bench
