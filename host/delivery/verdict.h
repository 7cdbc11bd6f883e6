// What becomes of a message after an attempt. A pure decision: the same inputs, the same verdict.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "delivery/options.h"
#include "domain/lifecycle.h"
#include "domain/outcome.h"

namespace herald::delivery {

// The attempt that an outcome belongs to.
struct AttemptFacts {
  std::uint32_t number = 1;   // from 1
  base::WallTime expires_at;  // no attempt starts at or after this moment
  std::uint32_t spent = 0;    // attempts before an operator's last retry; less than `number`
};

struct Verdict {
  domain::Status status = domain::Status::kDispatched;  // dispatched, failed, expired, or pending for a retry
  std::optional<base::WallTime> retry_at;               // set exactly when pending; always before expires_at
  std::string error_code;                               // set exactly when failed
};

// The rules, first match wins:
//   success                                              dispatched
//   rejected                                             failed, with the outcome's code or "rejected"
//   retries used up (number - spent > max_retries)       failed, with the outcome's code or "attempts_exhausted"
//   the retry could not start before expires_at          expired
//   else                                                 pending, at now + max(backoff, retry_after)
// The backoff grows with number - spent too. `jitter` is a draw in [0, 1).
Verdict decide(const domain::Outcome& outcome, const AttemptFacts& attempt, const RetryPolicy& policy,
               base::WallTime now, double jitter);

}  // namespace herald::delivery
