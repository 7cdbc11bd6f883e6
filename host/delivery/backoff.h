// How long a message waits before its next attempt: exponential, with full jitter, so that messages that failed
// together do not come back together.
#pragma once

#include <chrono>
#include <cstdint>

#include "delivery/options.h"

namespace herald::delivery {

// Uniform in [0, min(backoff_max, backoff_base * 2^(attempt - 1))] by `jitter` in [0, 1), and at least 1 ms. `attempt`
// is the number of the attempt that failed, from 1; any value is safe from overflow.
std::chrono::milliseconds backoff(const RetryPolicy& policy, std::uint32_t attempt, double jitter);

}  // namespace herald::delivery
