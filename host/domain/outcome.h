// What one call of a provider came to: the closed vocabulary at the plugin border.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace herald::domain {

// Stored: never renumber.
enum class OutcomeKind : std::uint8_t {
  kSuccess = 1,      // the provider took the message
  kRateLimited = 2,  // "not so fast" (429); retryable, no breaker failure
  kError = 3,        // the provider failed (5xx); retryable, a breaker failure
  kTimeout = 4,      // no answer by the deadline; retryable, a breaker failure
  kRejected = 5,     // permanent refusal of this message; no retry, no breaker failure
};

struct Outcome {
  OutcomeKind kind = OutcomeKind::kError;
  std::string provider_message_id;                       // the provider's own id; may be empty
  std::string error_code;                                // the provider's or the host's short code; empty on success
  std::optional<std::chrono::milliseconds> retry_after;  // not before this much later
  bool lane_wide = false;                                // retry_after holds for the whole provider
  std::uint32_t segments = 0;                            // parts a carrier bills; 0 where the notion does not apply
  std::string encoding;                                  // "GSM-7", "UCS-2"; empty where it does not apply
  bool unfinished = false;  // the host ended the provider first: whether it took the message is not known
};

std::string_view to_string(OutcomeKind kind);

// True for what counts towards opening the breaker.
constexpr bool is_breaker_failure(OutcomeKind kind) {
  return kind == OutcomeKind::kError || kind == OutcomeKind::kTimeout;
}

}  // namespace herald::domain
