#include "pool.h"

#include <utility>

namespace smtp {

Pool::Loan Pool::borrow(std::chrono::milliseconds patience) {
  std::unique_ptr<Session> session;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    const bool is_free = returned_.wait_for(lock, patience, [this] { return lent_ < settings_.connections; });
    if (!is_free) return {*this, nullptr};
    if (!idle_.empty()) {
      session = std::move(idle_.back());
      idle_.pop_back();
    }
    idle_.reserve(settings_.connections);  // so that giving back needs no memory
    ++lent_;
  }
  if (session) return {*this, std::move(session)};
  try {
    return {*this, std::make_unique<Session>(settings_)};
  } catch (...) {
    const std::lock_guard<std::mutex> lock(mutex_);
    --lent_;
    returned_.notify_one();
    throw;
  }
}

void Pool::take_back(std::unique_ptr<Session> session) {
  if (!session) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(session));
  --lent_;
  returned_.notify_one();
}

}  // namespace smtp
