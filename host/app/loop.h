// The thread of an object that steps: it steps while there is work, and waits when there is none.
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "base/worker.h"

namespace herald::app {

// `Stepped` has step(), which tells whether it did something, wait(longest), and notify(), which ends a wait. It is
// borrowed and outlives the loop. Destroying a Loop stops it.
template <typename Stepped>
class Loop {
 public:
  Loop(const std::string& name, Stepped& stepped) : stepped_(stepped), worker_(name, [this] { run(); }) {}
  ~Loop() { stop(); }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Lets the step under way finish and joins. What is not done by then stays undone.
  void stop() {
    stopping_.store(true, std::memory_order_release);
    stepped_.notify();
    worker_.join();
  }

 private:
  // Bounds what a lost notification could cost.
  static constexpr std::chrono::milliseconds kLongestWait{500};

  void run() {
    while (!stopping_.load(std::memory_order_acquire)) {
      if (!stepped_.step()) stepped_.wait(kLongestWait);
    }
  }

  Stepped& stepped_;
  std::atomic<bool> stopping_{false};
  base::Worker worker_;  // last: its thread uses the members above
};

}  // namespace herald::app
