// A latch that any thread may set and one thread waits on: "there may be work". Sets between two waits fold into one.
#pragma once

#include <chrono>

#include "base/mutex.h"

namespace herald::base {

// All functions are safe from any thread.
class Wakeup {
 public:
  void notify() HERALD_EXCLUDES(mutex_);

  // Returns when notified since the last return, or after `timeout`; true when notified. Consumes the notification.
  bool wait_for(std::chrono::nanoseconds timeout) HERALD_EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  Condition condition_;
  bool set_ HERALD_GUARDED_BY(mutex_) = false;
};

}  // namespace herald::base
