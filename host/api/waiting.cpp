#include "api/waiting.h"

#include <algorithm>

namespace herald::api {

domain::WaitingFor waiting_for(const domain::MessageRecord& message, const std::optional<domain::LaneView>& lane,
                               base::WallTime now) {
  using domain::WaitingFor;
  if (message.status != domain::Status::kPending) return WaitingFor::kNothing;
  if (message.next_attempt_at && *message.next_attempt_at > now) return WaitingFor::kRetry;
  if (!lane || lane->paused || !lane->channels.contains(message.content.channel)) return WaitingFor::kProvider;
  if (lane->paced_until && *lane->paced_until > now) return WaitingFor::kPacer;
  if (lane->breaker != domain::BreakerState::kClosed) return WaitingFor::kBreaker;
  return WaitingFor::kNothing;
}

std::optional<base::WallTime> next_attempt_of(const domain::MessageRecord& message,
                                              const std::optional<domain::LaneView>& lane, domain::WaitingFor reason) {
  using domain::WaitingFor;
  if (!message.next_attempt_at || reason == WaitingFor::kProvider) return std::nullopt;
  std::optional<base::WallTime> held;
  if (lane && reason == WaitingFor::kPacer) held = lane->paced_until;
  if (lane && reason == WaitingFor::kBreaker) held = lane->retry_at;
  return held ? std::max(*held, *message.next_attempt_at) : message.next_attempt_at;
}

}  // namespace herald::api
