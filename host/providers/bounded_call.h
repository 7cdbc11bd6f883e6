// A call into a plugin that may never come back, made on a thread that can be left behind.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/wakeup.h"

namespace herald::providers {

// What one thread waits by, and what another ends its waits by when nobody needs their result any more.
class Patience {
 public:
  // Waits until `done` holds, whose setter calls ring() afterwards. False when `timeout` passed or end() was called
  // first. One thread at a time.
  bool wait_for(const std::atomic<bool>& done, std::chrono::nanoseconds timeout);
  void ring() { bell_.notify(); }
  // Every wait ends, from now on. Any thread.
  void end();
  bool ended() const { return ended_.load(std::memory_order_acquire); }

 private:
  base::Wakeup bell_;
  std::atomic<bool> ended_{false};
};

enum class Called {
  kReturned,
  kLeftBehind,  // it has not come back in time
  kNotMade,     // the system gave no thread for it
};

// Runs `call` on a thread named `thread_name` and waits for it. When `timeout` passes first the thread is left to
// itself until the process ends, so `call` must own (by shared ownership) all that it touches. `call` does not throw.
// The calling thread blocks, and never makes the call itself: nothing would bound it there.
Called call_within(std::chrono::nanoseconds timeout, std::string thread_name, std::function<void()> call);

// The same; the end of the waiting thread's `patience` is the end of the time.
Called call_within(const std::shared_ptr<Patience>& patience, std::chrono::nanoseconds timeout, std::string thread_name,
                   std::function<void()> call);

// What a caller is told of a call that was not made; kExhausted, as the system may have a thread the next time.
base::Error no_thread();

}  // namespace herald::providers
