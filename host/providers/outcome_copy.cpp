#include "providers/outcome_copy.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "providers/plain_text.h"

namespace herald::providers {
namespace {

using domain::OutcomeKind;

constexpr std::size_t kMaxIdBytes = 255;
constexpr std::size_t kMaxErrorCodeBytes = 64;
constexpr std::size_t kMaxEncodingBytes = 16;
// No message lives longer than 31 days, so no longer pause means more.
constexpr std::uint64_t kMaxRetryAfterMs = 31ULL * 24 * 3600 * 1000;

constexpr std::uint32_t kLeastSize = offsetof(herald_outcome, code) + sizeof(std::uint32_t);

std::optional<OutcomeKind> kind_of(std::uint32_t code) {
  switch (code) {
    case HERALD_OUTCOME_SUCCESS:
      return OutcomeKind::kSuccess;
    case HERALD_OUTCOME_RATE_LIMITED:
      return OutcomeKind::kRateLimited;
    case HERALD_OUTCOME_ERROR:
      return OutcomeKind::kError;
    case HERALD_OUTCOME_TIMEOUT:
      return OutcomeKind::kTimeout;
    case HERALD_OUTCOME_REJECTED:
      return OutcomeKind::kRejected;
    default:
      return std::nullopt;
  }
}

}  // namespace

domain::Outcome own_outcome(OutcomeKind kind, std::string error_code) {
  domain::Outcome out;
  out.kind = kind;
  out.error_code = std::move(error_code);
  return out;
}

domain::Outcome copy_outcome(const herald_outcome* outcome) {
  const auto bad = [] { return own_outcome(OutcomeKind::kError, "bad_outcome"); };
  if (outcome == nullptr || outcome->struct_size < kLeastSize) return bad();
  herald_outcome taken{};
  std::memcpy(&taken, outcome, std::min<std::size_t>(outcome->struct_size, sizeof taken));
  const auto kind = kind_of(taken.code);
  if (!kind) return bad();

  domain::Outcome out;
  out.kind = *kind;
  out.provider_message_id = clean_text(view_of(taken.provider_message_id), kMaxIdBytes);
  if (*kind != OutcomeKind::kSuccess) out.error_code = clean_text(view_of(taken.error_code), kMaxErrorCodeBytes);
  out.encoding = clean_text(view_of(taken.encoding), kMaxEncodingBytes);
  out.segments = taken.segments;
  if (taken.retry_after_ms > 0) {
    out.retry_after = std::chrono::milliseconds{std::min(taken.retry_after_ms, kMaxRetryAfterMs)};
    out.lane_wide = (taken.flags & HERALD_OUTCOME_LANE_WIDE) != 0;
  }
  return out;
}

}  // namespace herald::providers
