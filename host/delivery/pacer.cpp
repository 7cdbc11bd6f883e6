#include "delivery/pacer.h"

#include <algorithm>

namespace herald::delivery {

void Pacer::hold(base::MonoTime now, std::chrono::milliseconds wait) {
  const auto bounded = std::clamp<std::chrono::milliseconds>(wait, std::chrono::milliseconds::zero(), kLongestHold);
  until_ = std::max(until_, now + bounded);
}

std::optional<base::MonoTime> Pacer::held_until(base::MonoTime now) const {
  if (is_open(now)) return std::nullopt;
  return until_;
}

}  // namespace herald::delivery
