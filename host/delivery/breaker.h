// The circuit breaker of one provider: closed -> open after N consecutive failures -> half-open after the open time ->
// closed only after a number of trials have succeeded; one failed trial opens it again.
//
// Pure: it holds no clock, lock or log; one owner (the lane) tells it the time. Its answers come as values, so that the
// owner logs and counts every transition.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "delivery/options.h"
#include "domain/outcome.h"
#include "domain/ports.h"

namespace herald::delivery {

// One owner, one thread at a time.
class Breaker {
 public:
  // The right to make one attempt. `generation` names the stretch between two transitions in which it was given: a
  // permit from an earlier stretch says nothing about this one. After `deadline` a trial counts as lost.
  struct Permit {
    std::uint64_t generation = 0;
    std::uint64_t serial = 0;
    base::MonoTime deadline;
  };

  struct Transition {
    domain::BreakerState from = domain::BreakerState::kClosed;
    domain::BreakerState to = domain::BreakerState::kClosed;
    std::uint64_t failures = 0;  // consecutive ones, when it happened
  };

  // `permit_life` is how long an attempt can take at the very most; a trial that gave no verdict by then makes room for
  // another.
  Breaker(const BreakerPolicy& policy, std::chrono::nanoseconds permit_life);

  // Moves on with time: open becomes half-open when the open time is over. Nothing else depends on being called often.
  [[nodiscard]] std::optional<Transition> advance(base::MonoTime now);

  // A permit, when one is to be had: always while closed, never while open, and while half-open only as many as trials
  // are still needed.
  [[nodiscard]] std::optional<Permit> admit(base::MonoTime now);

  // How many times admit() would say yes. The owner may claim that much work: nobody else can take these permits.
  std::size_t available(base::MonoTime now) const;

  // Ends an attempt. Success and failure count; rate_limited and rejected end a trial without a verdict and leave the
  // consecutive count as it is. A permit of an earlier generation, or a trial past its deadline, changes nothing.
  [[nodiscard]] std::optional<Transition> record(const Permit& permit, domain::OutcomeKind outcome, base::MonoTime now);

  domain::BreakerState state() const { return state_; }
  std::uint64_t consecutive_failures() const { return failures_; }
  // When an open breaker becomes half-open; nothing in the other states.
  std::optional<base::MonoTime> retry_at() const;

 private:
  struct Trial {
    std::uint64_t serial = 0;
    base::MonoTime deadline;
  };

  Transition move_to(domain::BreakerState to);
  std::optional<Transition> record_closed(domain::OutcomeKind outcome, base::MonoTime now);
  std::optional<Transition> record_trial(domain::OutcomeKind outcome, base::MonoTime now);
  Transition open(base::MonoTime now);
  bool end_trial(std::uint64_t serial);
  void drop_lost_trials(base::MonoTime now);

  const BreakerPolicy policy_;
  const std::chrono::nanoseconds permit_life_;

  domain::BreakerState state_ = domain::BreakerState::kClosed;
  std::uint64_t generation_ = 0;
  std::uint64_t failures_ = 0;
  base::MonoTime reopens_at_;  // while open
  // While half-open.
  std::uint64_t last_serial_ = 0;
  std::uint32_t successes_ = 0;
  std::vector<Trial> trials_;
};

}  // namespace herald::delivery
