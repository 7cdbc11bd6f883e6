// Counts the calls that are inside a plugin, so that it is stopped only when none is.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/mutex.h"

namespace herald::providers {

// Any thread.
class CallGate {
 public:
  // True: the caller is inside until it leaves. False: the gate is closed.
  bool enter() HERALD_EXCLUDES(mutex_);
  // The same, when nobody else is inside.
  bool enter_alone() HERALD_EXCLUDES(mutex_);
  void leave() HERALD_EXCLUDES(mutex_);

  // Nobody enters any more.
  void close() HERALD_EXCLUDES(mutex_);

  // Waits until nobody is inside; false when `timeout` passed first.
  bool wait_until_empty(std::chrono::nanoseconds timeout) HERALD_EXCLUDES(mutex_);

 private:
  base::Mutex mutex_;
  base::Condition emptied_;
  bool closed_ HERALD_GUARDED_BY(mutex_) = false;
  std::size_t inside_ HERALD_GUARDED_BY(mutex_) = 0;
};

}  // namespace herald::providers
