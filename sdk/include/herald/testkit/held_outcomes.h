// Outcomes that are known now and told later.
#ifndef HERALD_TESTKIT_HELD_OUTCOMES_H
#define HERALD_TESTKIT_HELD_OUTCOMES_H

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <herald/host.h>
#include <herald/outcome.h>
#include <herald/pending.h>

namespace herald::testkit {

/// Completes messages at a given moment, in the order of their moments, on one thread of its own.
///
/// Threading: `hold` from any thread between start and stop. It holds as many messages as the host has in flight, which
/// the plugin's max_in_flight bounds.
class HeldOutcomes {
 public:
  HeldOutcomes() = default;
  HeldOutcomes(const HeldOutcomes&) = delete;
  HeldOutcomes& operator=(const HeldOutcomes&) = delete;
  ~HeldOutcomes() { stop(); }

  /// Starts the thread under a name, of which the operating system shows 15 characters. `host` must live until stop.
  void start(const Host& host, const std::string& thread_name) {
    thread_ = std::thread([this, &host] { run(host); });
    pthread_setname_np(thread_.native_handle(), thread_name.substr(0, 15).c_str());
  }

  /// Completes `pending` with `outcome` when the host's clock reaches `due`, never before.
  void hold(Pending pending, Outcome outcome, TimePoint due) {
    const std::lock_guard<std::mutex> lock(mutex_);
    held_.emplace(due, Held{std::move(pending), std::move(outcome)});
    if (held_.begin()->first == due) changed_.notify_one();
  }

  /// Joins the thread and gives up what is held without an outcome. Without effect when it is not running.
  void stop() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
      changed_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
    for (auto& [due, held] : held_)
      held.pending.abandon();
    held_.clear();
  }

 private:
  struct Held {
    Pending pending;
    Outcome outcome;
  };

  void run(const Host& host) {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!stopping_) {
      if (held_.empty()) {
        changed_.wait(lock);
        continue;
      }
      const TimePoint::duration left = held_.begin()->first - host.now();
      if (left > TimePoint::duration::zero()) {
        // In steps, because a deadline far away would overflow inside the standard library.
        changed_.wait_for(lock, std::min<TimePoint::duration>(left, std::chrono::hours(1)));
        continue;
      }
      auto due = held_.extract(held_.begin());
      lock.unlock();
      due.mapped().pending.complete(due.mapped().outcome);
      lock.lock();
    }
  }

  std::thread thread_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::multimap<TimePoint, Held> held_;
  bool stopping_ = false;
};

}  // namespace herald::testkit

#endif  // HERALD_TESTKIT_HELD_OUTCOMES_H
