// Whether the host takes messages, as /readyz answers it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace herald::api {

enum class NotReady : std::uint8_t { kStarting, kDraining, kStoreUnavailable };

constexpr std::string_view to_string(NotReady reason) {
  switch (reason) {
    case NotReady::kStarting:
      return "starting";
    case NotReady::kDraining:
      return "draining";
    case NotReady::kStoreUnavailable:
      return "store_unavailable";
  }
  return "unknown";
}

// Implemented by app, called by api; any thread, for every message that is sent: must be cheap and must not block.
class Readiness {
 public:
  virtual ~Readiness() = default;
  // Empty when the host is ready.
  virtual std::vector<NotReady> reasons() const = 0;
};

}  // namespace herald::api
