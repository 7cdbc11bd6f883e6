#include "base/wakeup.h"

namespace herald::base {

void Wakeup::notify() {
  {
    const MutexLock lock(mutex_);
    if (set_) return;
    set_ = true;
  }
  condition_.notify_one();
}

bool Wakeup::wait_for(std::chrono::nanoseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  const MutexLock lock(mutex_);
  while (!set_) {
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= std::chrono::nanoseconds::zero()) return false;
    condition_.wait_for(mutex_, left);
  }
  set_ = false;
  return true;
}

}  // namespace herald::base
