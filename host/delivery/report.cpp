#include "delivery/report.h"

#include <utility>

namespace herald::delivery {
namespace {

using domain::BreakerState;
using domain::OutcomeKind;
using domain::Status;

// The gauge's own scale (observe/metrics.h), in order of severity.
std::int64_t gauge_value(BreakerState state) {
  switch (state) {
    case BreakerState::kClosed:
      return 0;
    case BreakerState::kHalfOpen:
      return 1;
    case BreakerState::kOpen:
      break;
  }
  return 2;
}

}  // namespace

void report_expired(std::span<const store::ExpiredMessage> messages, observe::Log& log, observe::Metrics& metrics) {
  metrics.expired.add(messages.size());
  if (!log.enabled(observe::LogLevel::kInfo)) return;
  for (const store::ExpiredMessage& message : messages) {
    log.info(
        "message.expired",
        {{"message_id", message.id.text()}, {"request_id", message.request_id}, {"provider_name", message.provider}});
  }
}

Report::Report(std::string provider, observe::Log& log, observe::Metrics& metrics)
    : provider_(std::move(provider)), log_(log), metrics_(metrics), own_(metrics.provider(provider_)) {}

void Report::settled(std::span<const Finished> finished) {
  const bool with_lines = log_.enabled(observe::LogLevel::kInfo);
  for (const Finished& one : finished) {
    count(one);
    if (with_lines) write(one);
  }
}

void Report::count(const Finished& finished) {
  const domain::Attempt& attempt = finished.settlement.attempt;
  own_.attempts.add();
  own_.dispatch_latency.observe(finished.took);
  switch (attempt.outcome.kind) {
    case OutcomeKind::kSuccess:
      own_.success.add();
      break;
    case OutcomeKind::kRateLimited:
      own_.rate_limited.add();
      break;
    case OutcomeKind::kTimeout:
      own_.timeout.add();
      own_.error.add();
      break;
    case OutcomeKind::kError:
      own_.error.add();
      break;
    case OutcomeKind::kRejected:
      own_.rejected.add();
      break;
  }
  if (finished.settlement.status == Status::kPending) metrics_.retries.add();
  if (finished.settlement.status == Status::kExpired) metrics_.expired.add();
}

void Report::write(const Finished& finished) {
  const store::Settlement& settlement = finished.settlement;
  const domain::Attempt& attempt = settlement.attempt;
  log_.info("dispatch.settled", {{"message_id", settlement.id.text()},
                                 {"request_id", finished.request_id},
                                 {"provider_name", provider_},
                                 {"channel", domain::to_string(finished.channel)},
                                 {"attempt", attempt.number},
                                 {"outcome", domain::to_string(attempt.outcome.kind)},
                                 {"status", domain::to_string(settlement.status)},
                                 {"latency_ms", attempt.latency.count()},
                                 {"error_code", attempt.outcome.error_code}});
}

void Report::expired(std::span<const store::ExpiredMessage> messages) {
  report_expired(messages, log_, metrics_);
}

void Report::transition(const Breaker::Transition& transition) {
  own_.breaker_transitions.add();
  own_.breaker_state.set(gauge_value(transition.to));
  const auto level = transition.to == BreakerState::kOpen ? observe::LogLevel::kWarn : observe::LogLevel::kInfo;
  log_.write(level, "breaker.transition",
             {{"provider_name", provider_},
              {"from", domain::to_string(transition.from)},
              {"to", domain::to_string(transition.to)},
              {"failures", transition.failures}});
}

void Report::late(const GivenUp& call, const domain::Outcome& outcome) {
  own_.late_completions.add();
  log_.debug("dispatch.late_completion", {{"message_id", call.id.text()},
                                          {"request_id", call.request_id},
                                          {"provider_name", provider_},
                                          {"outcome", domain::to_string(outcome.kind)}});
}

void Report::invalid(domain::Ticket ticket) {
  own_.invalid_completions.add();
  log_.debug("dispatch.invalid_completion", {{"provider_name", provider_}, {"ticket", ticket}});
}

void Report::postponed(const base::Error& error) {
  log_.warn("dispatch.settle_postponed", {{"provider_name", provider_}, {"error", error.message}});
}

void Report::refused(const base::Error& error) {
  log_.error("dispatch.settle_refused", {{"provider_name", provider_}, {"error", error.message}});
}

void Report::claim_failed(const base::Error& error) {
  log_.debug("dispatch.claim_failed", {{"provider_name", provider_}, {"error", error.message}});
}

void Report::in_flight(std::size_t count) {
  own_.in_flight.set(static_cast<std::int64_t>(count));
}

}  // namespace herald::delivery
