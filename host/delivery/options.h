#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace herald::delivery {

struct BreakerPolicy {
  std::uint64_t failure_threshold = 20;  // consecutive failures that open it
  std::chrono::seconds open_time{30};    // until the first trial
  std::uint32_t half_open_samples = 3;   // successful trials that close it
};

struct RetryPolicy {
  std::uint32_t max_retries = 8;  // attempts beyond the first
  std::chrono::milliseconds backoff_base{750};
  std::chrono::milliseconds backoff_max{300'000};
};

struct Options {
  bool dispatch = true;  // false: accept only
  BreakerPolicy breaker;
  RetryPolicy retry;
  std::chrono::milliseconds dispatch_timeout{10'000};  // a provider's deadline for one message
  std::chrono::milliseconds poll_interval{500};        // covers a lost wake-up
  std::chrono::seconds stall_after{30};                // without progress, before the watchdog tells of it
};

}  // namespace herald::delivery
