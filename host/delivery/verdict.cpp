#include "delivery/verdict.h"

#include <algorithm>
#include <string_view>

#include "delivery/backoff.h"

namespace herald::delivery {
namespace {

using domain::OutcomeKind;
using domain::Status;

Verdict failed(const domain::Outcome& outcome, std::string_view otherwise) {
  return Verdict{Status::kFailed, std::nullopt,
                 outcome.error_code.empty() ? std::string(otherwise) : outcome.error_code};
}

}  // namespace

Verdict decide(const domain::Outcome& outcome, const AttemptFacts& attempt, const RetryPolicy& policy,
               base::WallTime now, double jitter) {
  if (outcome.kind == OutcomeKind::kSuccess) return Verdict{Status::kDispatched, std::nullopt, {}};
  if (outcome.kind == OutcomeKind::kRejected) return failed(outcome, "rejected");
  const std::uint32_t counted = attempt.number > attempt.spent ? attempt.number - attempt.spent : 1;
  if (counted > policy.max_retries) return failed(outcome, "attempts_exhausted");

  std::chrono::milliseconds delay = backoff(policy, counted, jitter);
  if (outcome.retry_after) delay = std::max(delay, *outcome.retry_after);
  // The delay is compared with what is left, not added first: a provider's Retry-After may be any number.
  if (delay >= attempt.expires_at - now) return Verdict{Status::kExpired, std::nullopt, {}};
  return Verdict{Status::kPending, now + delay, {}};
}

}  // namespace herald::delivery
