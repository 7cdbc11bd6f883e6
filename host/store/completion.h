// Answers commands. A `done` belongs to another room: what it throws is logged and stops with it.
#pragma once

#include <exception>
#include <functional>
#include <span>
#include <utility>

#include "observe/log.h"
#include "store/store.h"

namespace herald::store {

void log_thrown_completion(observe::Log& log, const char* what) noexcept;

// Calls `done` with `result`; an empty `done` means that nobody wants to know.
template <typename Result>
void complete(const std::function<void(Result)>& done, Result result, observe::Log& log) noexcept {
  if (!done) return;
  try {
    done(std::move(result));
  } catch (const std::exception& thrown) {
    log_thrown_completion(log, thrown.what());
  } catch (...) {
    log_thrown_completion(log, "not a std::exception");
  }
}

// Answers every command of `batch` with `error`.
// NOLINTNEXTLINE(bugprone-exception-escape): where no memory is left for the answers the process ends.
void fail_all(std::span<Command> batch, const base::Error& error, observe::Log& log) noexcept;

}  // namespace herald::store
