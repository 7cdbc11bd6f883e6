// What is promised of one provider's breaker, said once more: it is told of every call and of every end of a call.
#pragma once

#include <cstdint>
#include <map>

#include "base/clock.h"
#include "delivery/options.h"
#include "domain/outcome.h"
#include "domain/ports.h"

namespace herald::simulation {

class BreakerModel {
 public:
  // A trial that takes longer than this says nothing any more.
  BreakerModel(const delivery::BreakerPolicy& policy, std::chrono::nanoseconds trial_life)
      : policy_(policy), trial_life_(trial_life) {}

  void time_is(base::MonoTime now) {
    if (state_ != domain::BreakerState::kOpen || now < trials_from_) return;
    begin(domain::BreakerState::kHalfOpen);
  }

  // False when the call is one too many.
  bool call(domain::Ticket ticket, base::MonoTime now) {
    if (state_ == domain::BreakerState::kOpen) return false;
    if (state_ == domain::BreakerState::kHalfOpen) {
      std::uint64_t under_way = 0;
      for (const auto& [other, began] : calls_)
        under_way += now < began + trial_life_ ? 1U : 0U;
      if (successes_ + under_way >= policy_.half_open_samples) return false;
    }
    calls_[ticket] = now;
    return true;
  }

  void end(domain::Ticket ticket, domain::OutcomeKind kind, base::MonoTime now) {
    const auto call = calls_.find(ticket);
    if (call == calls_.end()) return;  // of an earlier stretch
    const bool in_time = now < call->second + trial_life_;
    calls_.erase(call);
    const bool trial = state_ == domain::BreakerState::kHalfOpen;
    if (trial && !in_time) return;
    if (kind == domain::OutcomeKind::kError || kind == domain::OutcomeKind::kTimeout) {
      ++failures_;
      if (!trial && failures_ < policy_.failure_threshold) return;
      trials_from_ = now + policy_.open_time;
      begin(domain::BreakerState::kOpen);
    } else if (kind == domain::OutcomeKind::kSuccess) {
      if (!trial) failures_ = 0;
      if (!trial || ++successes_ < policy_.half_open_samples) return;
      failures_ = 0;
      begin(domain::BreakerState::kClosed);
    }
  }

  domain::BreakerState state() const { return state_; }
  std::uint64_t failures() const { return failures_; }

 private:
  void begin(domain::BreakerState state) {
    state_ = state;
    successes_ = 0;
    calls_.clear();
  }

  delivery::BreakerPolicy policy_;
  std::chrono::nanoseconds trial_life_;
  domain::BreakerState state_ = domain::BreakerState::kClosed;
  std::uint64_t failures_ = 0;   // in a row
  std::uint64_t successes_ = 0;  // of trials
  base::MonoTime trials_from_;
  std::map<domain::Ticket, base::MonoTime> calls_;  // of this stretch, and when each began
};

}  // namespace herald::simulation
