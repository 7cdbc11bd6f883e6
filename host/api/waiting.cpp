#include "api/waiting.h"

namespace herald::api {

domain::WaitingFor waiting_for(const domain::MessageRecord& message, const std::optional<domain::LaneView>& lane,
                               base::WallTime now) {
  using domain::WaitingFor;
  if (message.status != domain::Status::kPending) return WaitingFor::kNothing;
  if (message.next_attempt_at && *message.next_attempt_at > now) return WaitingFor::kRetry;
  if (!lane || lane->paused) return WaitingFor::kProvider;
  if (lane->paced_until && *lane->paced_until > now) return WaitingFor::kPacer;
  if (lane->breaker != domain::BreakerState::kClosed) return WaitingFor::kBreaker;
  return WaitingFor::kNothing;
}

}  // namespace herald::api
