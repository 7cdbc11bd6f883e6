// The states of a message, and which of them are final.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace herald::domain {

// Stored: never renumber.
enum class Direction : std::uint8_t { kOutbound = 1, kInbound = 2 };

// Stored: never renumber.
enum class Status : std::uint8_t {
  kPending = 1,      // waits for its next attempt
  kDispatching = 2,  // a provider has it at this moment (durable before the call)
  kDispatched = 3,   // the provider took it
  kDelivered = 4,    // a receipt says so
  kFailed = 5,       // rejected, attempts used up, or held as uncertain: the dead letters
  kExpired = 6,      // its time-to-live passed before a provider took it
  kCancelled = 7,    // taken back by a client while pending
  kReceived = 8,     // inbound
};

// What a pending message waits for.
enum class WaitingFor : std::uint8_t { kNothing = 0, kRetry = 1, kBreaker = 2, kProvider = 3, kPacer = 4 };

std::string_view to_string(Direction direction);
std::string_view to_string(Status status);
std::optional<Status> parse_status(std::string_view text);
// Empty for kNothing.
std::string_view to_string(WaitingFor reason);

// No further attempt will be made unless an operator asks for one.
constexpr bool is_settled(Status status) {
  return status != Status::kPending && status != Status::kDispatching;
}

}  // namespace herald::domain
