// The interfaces through which rooms meet that must not know each other. Each says who implements it and who calls it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "domain/channel.h"
#include "domain/message.h"
#include "domain/outcome.h"

namespace herald::domain {

// Which provider takes a channel. Implemented by providers, called by intake; any thread, never blocks on a plugin.
class RouteTable {
 public:
  virtual ~RouteTable() = default;
  // The provider's name; nothing when no provider serves the channel.
  virtual std::optional<std::string> route(Channel channel) const = 0;
};

// The host's name for one message of one submit; never used twice by a lane.
using Ticket = std::uint64_t;

struct DispatchItem {
  Ticket ticket = 0;
  ClaimedMessage message;
  base::MonoTime deadline;
};

// Takes what came of each item. Implemented by lanes, called by a provider port from any thread, at most once per
// ticket; an outcome may come after the lane has given the ticket up as a timeout, and is then ignored and counted.
class OutcomeSink {
 public:
  virtual ~OutcomeSink() = default;
  virtual void complete(Ticket ticket, Outcome outcome) noexcept = 0;
};

// One loaded and started provider. Implemented by providers (the guard), called by its lane's thread only.
class ProviderPort {
 public:
  virtual ~ProviderPort() = default;
  virtual const std::string& name() const = 0;
  // The most items that one submit may carry, and the most that may be in flight.
  virtual std::size_t max_batch() const = 0;
  virtual std::size_t max_in_flight() const = 0;
  // Hands the items to the provider; outcomes go to `sink`, also from inside this call. `sink` outlives the port's
  // stop(). Never throws; what cannot be submitted completes with kError.
  virtual void submit(std::vector<DispatchItem> items, OutcomeSink& sink) = 0;
};

enum class ProviderState : std::uint8_t { kActive, kStandby, kDraining, kDisabled, kRefused };
std::string_view to_string(ProviderState state);

// What an operator sees of a plugin, loaded or refused.
struct ProviderInfo {
  std::string name;  // of a refused file without a readable descriptor: the file's name
  std::string version;
  std::vector<Channel> channels;         // that it offers
  std::vector<Channel> active_channels;  // that it is the route of
  std::string file_name;                 // without its folder
  std::string sdk_version;
  std::string abi_version;  // "1.0"
  ProviderState state = ProviderState::kRefused;
  std::string reason;  // of a refusal
};

// Operators' view of the plugins. Implemented by providers, called by api; any thread.
class ProviderAdmin {
 public:
  virtual ~ProviderAdmin() = default;
  virtual std::vector<ProviderInfo> list() const = 0;
};

enum class BreakerState : std::uint8_t { kClosed, kOpen, kHalfOpen };
std::string_view to_string(BreakerState state);

// A lane as it stands at one moment.
struct LaneView {
  BreakerState breaker = BreakerState::kClosed;
  std::uint64_t consecutive_failures = 0;
  std::optional<WallTime> opened_at;
  std::optional<WallTime> retry_at;     // when an open breaker admits its next trial
  std::optional<WallTime> paced_until;  // set while the provider's own Retry-After holds the lane
  std::uint64_t in_flight = 0;
};

// Implemented by delivery, called by api; any thread.
class BreakerView {
 public:
  virtual ~BreakerView() = default;
  // Nothing when no lane of that name runs.
  virtual std::optional<LaneView> lane(std::string_view provider) const = 0;
};

}  // namespace herald::domain
