// Threads for calls into a plugin that may block: its submits, one message each, its webhooks, its answers to emits. A
// slow call holds up no other, and never the thread of whoever asked for it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/worker.h"

namespace herald::providers {

// Any thread.
class CallPool {
 public:
  using Call = std::function<void()>;

  // Threads are named "<name>-1", "<name>-2", ... and made when work finds none idle, up to `width`.
  // `most_waiting` calls may wait for a thread.
  CallPool(std::string name, std::size_t width, std::size_t most_waiting);
  // As many may wait as there may be threads.
  CallPool(std::string name, std::size_t width) : CallPool(std::move(name), width, width) {}
  // Closes without waiting, when that has not been done.
  ~CallPool();
  CallPool(const CallPool&) = delete;
  CallPool& operator=(const CallPool&) = delete;

  // Never waits for a call. A call does not throw, and owns all that it touches. False when as many calls wait as
  // may (then the running ones hang), when no thread exists and the system gives none, or after close.
  bool post(Call call) HERALD_EXCLUDES(mutex_);

  // The threads that run a call, or are about to.
  std::size_t busy() const HERALD_EXCLUDES(mutex_);

  // Lets the threads finish what was posted and end; true when all have, within `timeout`. Threads that have not are
  // left to themselves until the process ends.
  bool close(std::chrono::nanoseconds timeout) HERALD_EXCLUDES(mutex_);

  std::size_t threads() const HERALD_EXCLUDES(mutex_);

 private:
  struct Work;
  struct Thread {
    std::shared_ptr<std::atomic<bool>> ended;  // it has nothing more to do but to be joined
    base::Worker worker;
  };

  bool add_thread() HERALD_REQUIRES(mutex_);

  const std::string name_;
  const std::size_t width_;
  const std::size_t most_waiting_;
  const std::shared_ptr<Work> work_;  // shared with the threads, which may outlive the pool

  mutable base::Mutex mutex_;  // taken before the one of work_
  std::vector<Thread> threads_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::providers
