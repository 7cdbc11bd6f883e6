// Requests whose key is on disk by now although it was not found. Internal to the store room.
//
// A commit that was told as failed can be durable all the same. A client who comes again under its key before the store
// has recovered is not found to repeat itself; once the log has been read anew, it is.
#pragma once

#include <optional>

#include "store/command_applier.h"
#include "store/recent_keys.h"

namespace herald::store {

// What the first of two such requests came to, for a command whose key was used at `not_before` or later: the message's
// id, or kUnavailable for another request, which is told why when it comes again. Nothing for all others.
std::optional<Reply> answer_to_repeated(const Command& command, const RecentKeys& recent, base::WallTime not_before);

}  // namespace herald::store
