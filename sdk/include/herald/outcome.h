// What became of one message.
#ifndef HERALD_OUTCOME_H
#define HERALD_OUTCOME_H

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include <herald/message.h>

namespace herald {

/// How one attempt for one message ended: one of five kinds, and no other.
///
/// Made by the functions below. Ownership: it owns its texts; the host copies them when the message is completed.
/// Threading: a plain value. Source: herald_outcome and HERALD_OUTCOME_* in abi.h.
class Outcome {
 public:
  /// The provider took the message. `provider_message_id` is the carrier's own id, by which its receipts will name the
  /// message; at most 255 bytes of it are kept. Not retried.
  static Outcome success(std::string provider_message_id = std::string()) {
    Outcome outcome(HERALD_OUTCOME_SUCCESS, std::string());
    outcome.provider_message_id_ = std::move(provider_message_id);
    return outcome;
  }

  /// The provider refuses this message for good, such as a number that does not exist. Not retried, and no failure of
  /// the provider: its breaker does not count it. `code` is short and stable, for operators; at most 64 bytes are kept.
  static Outcome rejected(std::string code) { return Outcome(HERALD_OUTCOME_REJECTED, std::move(code)); }

  /// "Not so fast." Retried, not before `retry_after` has passed; 0 (or less) leaves the delay to the host's backoff.
  /// With `lane_wide` the delay holds for every message of this provider, not for this one alone. The breaker does not
  /// count it.
  static Outcome rate_limited(std::chrono::milliseconds retry_after = std::chrono::milliseconds(0),
                              bool lane_wide = false, std::string code = "rate_limited") {
    Outcome outcome(HERALD_OUTCOME_RATE_LIMITED, std::move(code));
    outcome.retry_after_ms_ = retry_after.count() > 0 ? static_cast<std::uint64_t>(retry_after.count()) : 0;
    outcome.flags_ = lane_wide ? HERALD_OUTCOME_LANE_WIDE : 0;
    return outcome;
  }

  /// The provider failed: a refused connection, an HTTP 5xx. Retried with backoff, and counted by the breaker. `code`
  /// is short and stable, for operators; at most 64 bytes are kept.
  static Outcome error(std::string code) { return Outcome(HERALD_OUTCOME_ERROR, std::move(code)); }

  /// No answer by the deadline. Retried and counted as an error is. The carrier may have taken the message all the
  /// same: `Message::dispatch_token` keeps a retry from sending it twice.
  static Outcome timeout(std::string code = "timeout") { return Outcome(HERALD_OUTCOME_TIMEOUT, std::move(code)); }

  /// Says how many parts a carrier bills, and in which encoding ("GSM-7" or "UCS-2"; at most 16 bytes are kept).
  Outcome&& with_segments(std::uint32_t count, std::string encoding) && {
    segments_ = count;
    encoding_ = std::move(encoding);
    return std::move(*this);
  }

  /// HERALD_OUTCOME_*.
  std::uint32_t code() const noexcept { return code_; }

  /// The form that crosses the border; valid as long as this outcome lives unchanged.
  herald_outcome raw() const noexcept {
    herald_outcome raw;
    raw.struct_size = sizeof raw;
    raw.code = code_;
    raw.flags = flags_;
    raw.segments = segments_;
    raw.retry_after_ms = retry_after_ms_;
    raw.provider_message_id = detail::as_str(provider_message_id_);
    raw.error_code = detail::as_str(error_code_);
    raw.encoding = detail::as_str(encoding_);
    return raw;
  }

 private:
  Outcome(std::uint32_t code, std::string error_code) : code_(code), error_code_(std::move(error_code)) {}

  std::uint32_t code_;
  std::uint32_t flags_ = 0;
  std::uint32_t segments_ = 0;
  std::uint64_t retry_after_ms_ = 0;
  std::string provider_message_id_;
  std::string error_code_;
  std::string encoding_;
};

}  // namespace herald

#endif  // HERALD_OUTCOME_H
