#include "providers/bounded_call.h"

#include <system_error>
#include <utility>

#include "base/worker.h"

namespace herald::providers {
bool Patience::wait_for(const std::atomic<bool>& done, std::chrono::nanoseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!done.load(std::memory_order_acquire)) {
    const std::chrono::nanoseconds left = deadline - std::chrono::steady_clock::now();
    if (ended() || left <= std::chrono::nanoseconds::zero()) return false;
    bell_.wait_for(left);
  }
  return true;
}

void Patience::end() {
  ended_.store(true, std::memory_order_release);
  bell_.notify();
}

Called call_within(std::chrono::nanoseconds timeout, std::string thread_name, std::function<void()> call) {
  return call_within(std::make_shared<Patience>(), timeout, std::move(thread_name), std::move(call));
}

Called call_within(const std::shared_ptr<Patience>& patience, std::chrono::nanoseconds timeout, std::string thread_name,
                   std::function<void()> call) {
  const auto done = std::make_shared<std::atomic<bool>>(false);
  const auto body = [patience, done, call = std::move(call)] {
    call();
    done->store(true, std::memory_order_release);
    patience->ring();
  };
  base::Worker thread;
  try {
    thread = base::Worker(std::move(thread_name), body);
  } catch (const std::system_error&) {
    return Called::kNotMade;
  }
  if (patience->wait_for(*done, timeout)) {
    thread.join();
    return Called::kReturned;
  }
  thread.leave_behind();
  return Called::kLeftBehind;
}

base::Error no_thread() {
  return {base::ErrorCode::kExhausted,
          "the system gives the host no thread for the call; raise the limits on its processes (ulimit -u, TasksMax, "
          "pids.max)"};
}

}  // namespace herald::providers
