#include "base/worker.h"

#include <pthread.h>
#include <sys/resource.h>

#include <utility>

namespace herald::base {

void give_way() {
  // The weight of a level is 1.25 times that of the next; the calling thread's id is what Linux takes for 0.
  static constexpr int kLevel = 10;
  setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + kLevel);
}

Worker::Worker(const std::string& name, std::function<void()> body)
    : thread_([name = name.substr(0, 15), body = std::move(body)] {
        pthread_setname_np(pthread_self(), name.c_str());
        body();
      }) {}

Worker::~Worker() {
  join();
}

Worker& Worker::operator=(Worker&& other) noexcept {
  join();
  thread_ = std::move(other.thread_);
  return *this;
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::leave_behind() {
  if (thread_.joinable()) thread_.detach();
}

}  // namespace herald::base
