// What a message waits for, told from its state and its lane's.
#pragma once

#include <optional>

#include "domain/lifecycle.h"
#include "domain/message.h"
#include "domain/ports.h"

namespace herald::api {

// `lane` is that of the message's provider; nothing when no such lane runs. A message that is not pending, or that the
// next claim will take, waits for nothing. A paused lane counts as none: its provider is disabled or gone. Half-open
// counts as the breaker: all but its trials wait for their verdict.
domain::WaitingFor waiting_for(const domain::MessageRecord& message, const std::optional<domain::LaneView>& lane,
                               base::WallTime now);

// When the next attempt can be made at the earliest, as far as it is known: the message's own time, or that of what its
// lane waits for. Nothing while its provider is away.
std::optional<base::WallTime> next_attempt_of(const domain::MessageRecord& message,
                                              const std::optional<domain::LaneView>& lane, domain::WaitingFor reason);

}  // namespace herald::api
