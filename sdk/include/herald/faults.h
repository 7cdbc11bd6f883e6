// Fault injection: for mock providers and test doubles that fail on demand.
#ifndef HERALD_FAULTS_H
#define HERALD_FAULTS_H

#include <cstdint>
#include <optional>

#include <herald/status.h>

namespace herald {

/// Which share of dispatches shall fail, in percent: each 0-100, together at most 100; the rest succeed.
///
/// Source: herald_fault_profile in abi.h.
struct FaultProfile {
  std::uint32_t timeout_pct = 0;
  std::uint32_t error_pct = 0;
  std::uint32_t ratelimit_pct = 0;
  /// With a seed the outcomes follow it, and setting the profile starts their sequence anew; without, they are random.
  std::optional<std::uint64_t> seed;
};

/// What a provider derives from, beside `Provider` or `AsyncProvider`, to offer the extension herald.faults/1.
///
/// Source: HERALD_EXT_FAULTS in abi.h.
class FaultInjection {
 public:
  FaultInjection() = default;
  FaultInjection(const FaultInjection&) = delete;
  FaultInjection& operator=(const FaultInjection&) = delete;
  virtual ~FaultInjection() = default;

  /// Puts a profile in force from the next submit. The SDK has checked the percentages. Threading: any thread, at any
  /// time between the instance's creation and its end, also beside a submit.
  virtual Status set_faults(const FaultProfile& profile) = 0;
};

}  // namespace herald

#endif  // HERALD_FAULTS_H
