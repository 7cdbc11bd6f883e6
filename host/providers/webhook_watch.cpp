#include "providers/webhook_watch.h"

#include <system_error>
#include <utility>

namespace herald::providers {
namespace {

constexpr std::size_t kLongestThreadName = 15;  // of what the system keeps

}  // namespace

WebhookWatch::WebhookWatch(const std::string& name, const base::Clock& clock, Expired expired)
    : thread_name_(name.substr(0, kLongestThreadName - 6) + "-clock"), clock_(clock), expired_(std::move(expired)) {}

WebhookWatch::~WebhookWatch() {
  close();
}

bool WebhookWatch::has_thread() {
  if (worker_ != nullptr) return true;
  try {
    worker_ = std::make_unique<base::Worker>(thread_name_, [this] { run(); });
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

WebhookWatch::Number WebhookWatch::add(const std::shared_ptr<WebhookCall>& call) {
  const base::MutexLock lock(mutex_);
  if (closed_ || !has_thread()) return 0;
  calls_.emplace(++last_, call);
  if (calls_.size() == 1) changed_.notify_all();
  return last_;
}

void WebhookWatch::remove(Number number) {
  const base::MutexLock lock(mutex_);
  calls_.erase(number);
}

// The next that has expired; null when the watch has closed.
std::shared_ptr<WebhookCall> WebhookWatch::next() {
  const base::MutexLock lock(mutex_);
  while (!closed_) {
    if (calls_.empty()) {
      changed_.wait(mutex_);
      continue;
    }
    const auto first = calls_.begin();
    const auto left = first->second->deadline() - clock_.mono();
    if (left <= std::chrono::nanoseconds::zero()) return std::move(calls_.extract(first).mapped());
    changed_.wait_for(mutex_, left);
  }
  return nullptr;
}

void WebhookWatch::run() {
  while (const auto call = next())
    expired_(*call);
}

bool WebhookWatch::empty() const {
  const base::MutexLock lock(mutex_);
  return calls_.empty();
}

void WebhookWatch::close() {
  std::map<Number, std::shared_ptr<WebhookCall>> left;
  std::unique_ptr<base::Worker> ending;
  {
    const base::MutexLock lock(mutex_);
    closed_ = true;
    left.swap(calls_);
    ending = std::move(worker_);
    changed_.notify_all();
  }
  if (ending) ending->join();
  for (const auto& [number, call] : left)
    expired_(*call);
}

}  // namespace herald::providers
