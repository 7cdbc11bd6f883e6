#include "store/completion.h"

namespace herald::store {

void log_thrown_completion(observe::Log& log, const char* what) noexcept {
  log.error("store.completion_threw", {{"error", what}});
}

// NOLINTNEXTLINE(bugprone-exception-escape): without memory for its answers the process ends; the next one recovers
void fail_all(std::span<Command> batch, const base::Error& error, observe::Log& log) noexcept {
  for (auto& command : batch) {
    std::visit([&error, &log](auto& one) { complete(one.done, {tl::make_unexpected(error)}, log); }, command);
  }
}

}  // namespace herald::store
