// The thread of an object that steps: it steps while there is work, and waits when there is none.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "base/worker.h"

namespace herald::app {

// `Stepped` has step(), which tells whether it did something, wait(longest), and notify(), which ends a wait. It is
// borrowed and outlives the loop. Destroying a Loop stops it, however long the step under way
// takes.
template <typename Stepped>
class Loop {
 public:
  Loop(const std::string& name, Stepped& stepped) : stepped_(stepped), worker_(name, [this] { run(); }) {}
  ~Loop() {
    request_stop();
    worker_.join();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // The thread ends after the step under way; what is not done by then stays undone.
  void request_stop() {
    stopping_.store(true, std::memory_order_release);
    stepped_.notify();
  }

  // Asks for the end and waits for it. False when the step under way does not return in time, as when a plugin holds
  // the thread: the loop and what it steps must then never be destroyed.
  bool stop_within(std::chrono::milliseconds timeout) {
    request_stop();
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (!ended_.load(std::memory_order_acquire)) {
      if (std::chrono::steady_clock::now() >= deadline) return false;
      std::this_thread::sleep_for(kPoll);
    }
    worker_.join();
    return true;
  }

 private:
  // Bounds what a lost notification could cost, and how long a failed store waits for its next try.
  static constexpr std::chrono::milliseconds kLongestWait{100};
  static constexpr std::chrono::milliseconds kPoll{1};

  void run() {
    // A client that is to be refused must hear of it although the processors have too much to do.
    base::give_way();
    while (!stopping_.load(std::memory_order_acquire)) {
      if (!stepped_.step()) stepped_.wait(kLongestWait);
    }
    ended_.store(true, std::memory_order_release);
  }

  Stepped& stepped_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> ended_{false};
  base::Worker worker_;  // last: its thread uses the members above
};

}  // namespace herald::app
