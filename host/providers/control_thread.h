// The one thread on which operators' changes are made, one after another.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>

#include "base/mutex.h"
#include "base/worker.h"
#include "providers/bounded_call.h"

namespace herald::providers {

class ControlThread {
 public:
  static constexpr std::size_t kMostWaiting = 64;

  struct Task {
    std::function<void()> run;      // on the thread; waits for nothing but by patience()
    std::function<void()> decline;  // instead of run, when the thread is closed first
  };

  ControlThread() = default;
  ~ControlThread();
  ControlThread(const ControlThread&) = delete;
  ControlThread& operator=(const ControlThread&) = delete;

  // Makes the thread, named "provider-ctl". Once.
  void open();

  // Any thread. False before open, after close, and when too many tasks wait: neither function is called then.
  bool post(Task task) HERALD_EXCLUDES(mutex_);
  // The same for the host's own tasks, of which there are few and none may be lost: however many wait.
  bool post_own(Task task) HERALD_EXCLUDES(mutex_);

  // Ends the waits of the task that runs and joins the thread; declines the others. One control thread.
  void close() HERALD_EXCLUDES(mutex_);

  // What a running task waits by.
  const std::shared_ptr<Patience>& patience() const { return patience_; }

 private:
  bool add(Task task, std::size_t most_waiting) HERALD_EXCLUDES(mutex_);
  bool next(Task& task) HERALD_EXCLUDES(mutex_);

  const std::shared_ptr<Patience> patience_ = std::make_shared<Patience>();

  base::Mutex mutex_;
  base::Condition changed_;
  std::deque<Task> waiting_ HERALD_GUARDED_BY(mutex_);
  bool open_ HERALD_GUARDED_BY(mutex_) = false;
  base::Worker worker_;  // the control thread's that opens and closes
};

}  // namespace herald::providers
