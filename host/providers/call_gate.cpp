#include "providers/call_gate.h"

namespace herald::providers {

bool CallGate::enter() {
  const base::MutexLock lock(mutex_);
  if (closed_) return false;
  ++inside_;
  return true;
}

bool CallGate::enter_alone() {
  const base::MutexLock lock(mutex_);
  if (closed_ || inside_ > 0) return false;
  ++inside_;
  return true;
}

void CallGate::leave() {
  const base::MutexLock lock(mutex_);
  if (--inside_ == 0) emptied_.notify_all();
}

void CallGate::close() {
  const base::MutexLock lock(mutex_);
  closed_ = true;
}

bool CallGate::wait_until_empty(std::chrono::nanoseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  const base::MutexLock lock(mutex_);
  while (inside_ > 0) {
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= std::chrono::nanoseconds::zero()) return false;
    emptied_.wait_for(mutex_, left);
  }
  return true;
}

}  // namespace herald::providers
