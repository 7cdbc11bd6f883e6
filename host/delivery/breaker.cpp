#include "delivery/breaker.h"

#include <algorithm>
#include <limits>

namespace herald::delivery {

using domain::BreakerState;
using domain::OutcomeKind;

Breaker::Breaker(const BreakerPolicy& policy, std::chrono::nanoseconds permit_life)
    : policy_(policy), permit_life_(permit_life) {}

std::optional<Breaker::Transition> Breaker::advance(base::MonoTime now) {
  if (state_ != BreakerState::kOpen || now < reopens_at_) return std::nullopt;
  successes_ = 0;
  trials_.clear();
  return move_to(BreakerState::kHalfOpen);
}

std::optional<Breaker::Permit> Breaker::admit(base::MonoTime now) {
  if (available(now) == 0) return std::nullopt;
  const Permit permit{generation_, ++last_serial_, now + permit_life_};
  if (state_ == BreakerState::kHalfOpen) {
    drop_lost_trials(now);
    trials_.push_back(Trial{permit.serial, permit.deadline});
  }
  return permit;
}

std::size_t Breaker::available(base::MonoTime now) const {
  switch (state_) {
    case BreakerState::kClosed:
      return std::numeric_limits<std::size_t>::max();
    case BreakerState::kOpen:
      return 0;
    case BreakerState::kHalfOpen:
      break;
  }
  const auto running =
      std::count_if(trials_.begin(), trials_.end(), [now](const Trial& trial) { return now < trial.deadline; });
  const std::size_t taken = successes_ + static_cast<std::size_t>(running);
  return policy_.half_open_samples > taken ? policy_.half_open_samples - taken : 0;
}

std::optional<Breaker::Transition> Breaker::record(const Permit& permit, OutcomeKind outcome, base::MonoTime now) {
  if (permit.generation != generation_) return std::nullopt;
  if (state_ == BreakerState::kClosed) return record_closed(outcome, now);
  drop_lost_trials(now);
  if (!end_trial(permit.serial)) return std::nullopt;
  return record_trial(outcome, now);
}

std::optional<base::MonoTime> Breaker::retry_at() const {
  if (state_ != BreakerState::kOpen) return std::nullopt;
  return reopens_at_;
}

Breaker::Transition Breaker::move_to(BreakerState to) {
  const Transition transition{state_, to, failures_};
  state_ = to;
  ++generation_;
  return transition;
}

std::optional<Breaker::Transition> Breaker::record_closed(OutcomeKind outcome, base::MonoTime now) {
  if (outcome == OutcomeKind::kSuccess) failures_ = 0;
  if (!domain::is_breaker_failure(outcome)) return std::nullopt;
  if (++failures_ < policy_.failure_threshold) return std::nullopt;
  return open(now);
}

std::optional<Breaker::Transition> Breaker::record_trial(OutcomeKind outcome, base::MonoTime now) {
  if (domain::is_breaker_failure(outcome)) {
    ++failures_;
    return open(now);
  }
  if (outcome != OutcomeKind::kSuccess || ++successes_ < policy_.half_open_samples) return std::nullopt;
  const Transition closed = move_to(BreakerState::kClosed);
  failures_ = 0;
  return closed;
}

Breaker::Transition Breaker::open(base::MonoTime now) {
  reopens_at_ = now + policy_.open_time;
  trials_.clear();
  return move_to(BreakerState::kOpen);
}

bool Breaker::end_trial(std::uint64_t serial) {
  const auto found =
      std::find_if(trials_.begin(), trials_.end(), [serial](const Trial& trial) { return trial.serial == serial; });
  if (found == trials_.end()) return false;
  trials_.erase(found);
  return true;
}

void Breaker::drop_lost_trials(base::MonoTime now) {
  trials_.erase(
      std::remove_if(trials_.begin(), trials_.end(), [now](const Trial& trial) { return now >= trial.deadline; }),
      trials_.end());
}

}  // namespace herald::delivery
