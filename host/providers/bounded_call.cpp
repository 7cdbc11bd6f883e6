#include "providers/bounded_call.h"

#include <memory>
#include <utility>

#include "base/wakeup.h"
#include "base/worker.h"
#include "providers/kept.h"

namespace herald::providers {

bool call_within(std::chrono::nanoseconds timeout, std::string thread_name, std::function<void()> call) {
  const auto done = std::make_shared<base::Wakeup>();
  auto thread = std::make_shared<base::Worker>(std::move(thread_name), [done, call = std::move(call)] {
    call();
    done->notify();
  });
  if (done->wait_for(timeout)) {
    thread->join();
    return true;
  }
  keep_until_exit(std::move(thread));  // joining it would hang this thread too
  return false;
}

}  // namespace herald::providers
