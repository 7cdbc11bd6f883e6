// What came of the requests.
#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "tools/bench/histogram.h"

namespace herald::tools::bench {

// Why a request has no answer.
enum class Fault : std::size_t {
  kTimeout,    // none within --timeout
  kClosed,     // the connection ended first
  kMalformed,  // what came is no HTTP answer
  kUnsent,     // it was due in the open loop, and no connection was free until the end
};
inline constexpr std::size_t kFaults = 4;

struct Tally {
  std::uint64_t sent = 0;
  std::uint64_t good = 0;                     // 2xx, without the replayed ones
  std::uint64_t replayed = 0;                 // 2xx for a key that had been there before: no new work
  std::map<unsigned, std::uint64_t> refused;  // any other answer, by its status
  std::array<std::uint64_t, kFaults> faults{};
  std::uint64_t reconnected = 0;

  // Of each good answer, and of each request that timed out or was never sent, with the time that it waited: from the
  // moment when it was due in the open loop, when it was sent in the closed one.
  Histogram latency;
  std::chrono::nanoseconds elapsed{};  // from the end of the warm-up to the last answer

  std::uint64_t& fault(Fault kind) { return faults.at(static_cast<std::size_t>(kind)); }
  std::uint64_t fault(Fault kind) const { return faults.at(static_cast<std::size_t>(kind)); }

  std::uint64_t unanswered() const {
    std::uint64_t sum = 0;
    for (const auto count : faults)
      sum += count;
    return sum;
  }
  std::uint64_t other_answers() const {
    std::uint64_t sum = 0;
    for (const auto& [status, count] : refused)
      sum += count;
    return sum;
  }
  double good_per_second() const {
    const double seconds = std::chrono::duration<double>(elapsed).count();
    return seconds > 0 ? static_cast<double>(good) / seconds : 0;
  }
  bool all_good() const { return good == sent && unanswered() == 0; }
};

}  // namespace herald::tools::bench
