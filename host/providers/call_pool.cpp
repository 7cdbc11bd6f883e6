#include "providers/call_pool.h"

#include <deque>
#include <system_error>
#include <utility>

namespace herald::providers {

struct CallPool::Work {
  base::Mutex mutex;
  base::Condition changed;
  std::deque<Call> waiting HERALD_GUARDED_BY(mutex);
  std::size_t idle HERALD_GUARDED_BY(mutex) = 0;
  std::size_t alive HERALD_GUARDED_BY(mutex) = 0;
  bool closing HERALD_GUARDED_BY(mutex) = false;

  // The next call; an empty one when the pool has closed and nothing waits.
  Call next() HERALD_EXCLUDES(mutex) {
    const base::MutexLock lock(mutex);
    ++idle;
    while (waiting.empty() && !closing)
      changed.wait(mutex);
    --idle;
    if (waiting.empty()) return {};
    Call call = std::move(waiting.front());
    waiting.pop_front();
    return call;
  }

  void run() HERALD_EXCLUDES(mutex) {
    while (Call call = next())
      call();
    const base::MutexLock lock(mutex);
    --alive;
    changed.notify_all();
  }
};

CallPool::CallPool(std::string name, std::size_t width, std::size_t most_waiting)
    : name_(std::move(name)), width_(width), most_waiting_(most_waiting), work_(std::make_shared<Work>()) {}

CallPool::~CallPool() {
  close(std::chrono::nanoseconds::zero());
}

bool CallPool::add_thread() {
  // The system keeps 15 characters of a thread's name: the number must be among them.
  const std::string number = "-" + std::to_string(threads_.size() + 1);
  const std::string name = name_.substr(0, 15 - number.size()) + number;
  {
    const base::MutexLock lock(work_->mutex);
    ++work_->alive;
  }
  try {
    auto ended = std::make_shared<std::atomic<bool>>(false);
    threads_.push_back({ended, base::Worker(name, [work = work_, ended] {
                          work->run();
                          *ended = true;
                        })});
    return true;
  } catch (const std::system_error&) {
    const base::MutexLock lock(work_->mutex);
    --work_->alive;
    return false;
  }
}

bool CallPool::post(Call call) {
  const base::MutexLock threads_lock(mutex_);
  bool short_of_threads = false;
  {
    const base::MutexLock lock(work_->mutex);
    if (work_->closing || work_->waiting.size() >= most_waiting_) return false;
    short_of_threads = work_->idle <= work_->waiting.size();
  }
  // A refused thread is no loss while another will come to the call.
  if (short_of_threads && threads_.size() < width_ && !add_thread() && threads_.empty()) return false;
  {
    const base::MutexLock lock(work_->mutex);
    work_->waiting.push_back(std::move(call));
  }
  work_->changed.notify_one();
  return true;
}

std::size_t CallPool::busy() const {
  const base::MutexLock lock(work_->mutex);
  return work_->alive - work_->idle;
}

std::size_t CallPool::threads() const {
  const base::MutexLock lock(mutex_);
  return threads_.size();
}

bool CallPool::close(std::chrono::nanoseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::vector<Thread> ending;
  {
    const base::MutexLock threads_lock(mutex_);
    ending.swap(threads_);
    const base::MutexLock lock(work_->mutex);
    work_->closing = true;
  }
  if (ending.empty()) return true;
  bool ended = false;
  {
    const base::MutexLock lock(work_->mutex);
    work_->changed.notify_all();
    while (work_->alive > 0) {
      const auto left = deadline - std::chrono::steady_clock::now();
      if (left <= std::chrono::nanoseconds::zero()) break;
      work_->changed.wait_for(work_->mutex, left);
    }
    ended = work_->alive == 0;
  }
  for (Thread& thread : ending) {
    if (!ended && !*thread.ended) thread.worker.leave_behind();
  }
  return ended;  // the others are joined here
}

}  // namespace herald::providers
