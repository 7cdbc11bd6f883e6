// What is left of the rate limits, as clients are told.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

namespace herald::intake {

// One limit at one moment.
struct LimitState {
  std::string_view name;    // "ip" or "sender"
  std::uint32_t quota = 0;  // messages in a window
  std::chrono::seconds window{60};
  std::uint32_t remaining = 0;          // that would be let through at this moment
  std::chrono::seconds reset{0};        // until the whole quota is there again, rounded up
  std::chrono::seconds retry_after{0};  // until one more is let through, rounded up; 0 when it would be now
};

// Those that apply to a request; none when both are switched off.
using Limits = std::vector<LimitState>;

}  // namespace herald::intake
