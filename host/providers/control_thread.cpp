#include "providers/control_thread.h"

#include <limits>
#include <utility>

namespace herald::providers {

ControlThread::~ControlThread() {
  close();
}

void ControlThread::open() {
  {
    const base::MutexLock lock(mutex_);
    open_ = true;
  }
  worker_ = base::Worker("provider-ctl", [this] {
    for (Task task; next(task);)
      task.run();
  });
}

bool ControlThread::post(Task task) {
  return add(std::move(task), kMostWaiting);
}

bool ControlThread::post_own(Task task) {
  return add(std::move(task), std::numeric_limits<std::size_t>::max());
}

bool ControlThread::add(Task task, std::size_t most_waiting) {
  const base::MutexLock lock(mutex_);
  if (!open_ || waiting_.size() >= most_waiting) return false;
  waiting_.push_back(std::move(task));
  changed_.notify_one();
  return true;
}

// Blocks until there is a task; false when the thread is to end.
bool ControlThread::next(Task& task) {
  const base::MutexLock lock(mutex_);
  while (open_ && waiting_.empty())
    changed_.wait(mutex_);
  if (!open_) return false;
  task = std::move(waiting_.front());
  waiting_.pop_front();
  return true;
}

void ControlThread::close() {
  std::deque<Task> declined;
  {
    const base::MutexLock lock(mutex_);
    open_ = false;
    declined.swap(waiting_);
    changed_.notify_all();
  }
  patience_->end();
  worker_.join();
  for (const Task& task : declined)
    task.decline();
}

}  // namespace herald::providers
