// The threads on which a blocking plugin's submits run: one message each, so that a slow call holds up no other and
// never the lane's own thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/worker.h"

namespace herald::providers {

// post and close are called by one thread at a time.
class CallPool {
 public:
  using Call = std::function<void()>;

  // Threads are named "<name>-1", "<name>-2", ... and made when work finds none idle, up to `width`.
  CallPool(std::string name, std::size_t width);
  // Closes without waiting, when that has not been done.
  ~CallPool();
  CallPool(const CallPool&) = delete;
  CallPool& operator=(const CallPool&) = delete;

  // Never waits for a call. A call does not throw, and owns all that it touches. False when as many calls wait as there
  // may be threads (then the running ones hang), or when no thread exists and the system gives none.
  bool post(Call call);

  // Lets the threads finish what was posted and end; true when all have, within `timeout`. Threads that have not are
  // left to themselves until the process ends.
  bool close(std::chrono::nanoseconds timeout);

  std::size_t threads() const { return threads_.size(); }

 private:
  struct Work;

  bool add_thread();

  const std::string name_;
  const std::size_t width_;
  const std::shared_ptr<Work> work_;  // shared with the threads, which may outlive the pool
  std::vector<base::Worker> threads_;
};

}  // namespace herald::providers
