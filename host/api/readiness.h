// Whether the host takes messages, as /readyz answers it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace herald::api {

enum class NotReady : std::uint8_t { kStarting, kDraining, kStoreUnavailable, kWriterStalled, kDispatcherStalled };

constexpr std::string_view to_string(NotReady reason) {
  switch (reason) {
    case NotReady::kStarting:
      return "starting";
    case NotReady::kDraining:
      return "draining";
    case NotReady::kStoreUnavailable:
      return "store_unavailable";
    case NotReady::kWriterStalled:
      return "writer_stalled";
    case NotReady::kDispatcherStalled:
      return "dispatcher_stalled";
  }
  return "unknown";
}

// Implemented by app, called by api; any thread, for every message that is sent: must be cheap and must not block.
class Readiness {
 public:
  virtual ~Readiness() = default;
  // Empty when the host is ready.
  virtual std::vector<NotReady> reasons() const = 0;
  // The providers whose lanes make no progress although they could. That is no reason: the others go on.
  virtual std::vector<std::string> stalled_providers() const = 0;
};

}  // namespace herald::api
