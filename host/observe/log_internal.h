// The log with its seams, for this room and its tests.
#pragma once

#include <cstddef>
#include <memory>

#include "observe/log.h"

namespace herald::observe {

inline constexpr std::size_t kQueuedLines = 8192;

// As make_log, to any open descriptor, which stays the caller's. `queued_lines` bounds what waits for the writer; the
// oldest lines give way to new ones.
std::unique_ptr<Log> make_log_on(const Options& options, int descriptor, std::size_t queued_lines = kQueuedLines);

}  // namespace herald::observe
