// Messages that a provider had when the last process died: nobody knows whether it took them. Internal to the store
// room.
#pragma once

#include <cstdint>
#include <span>

#include "base/clock.h"
#include "store/batch_claims.h"
#include "store/options.h"

namespace herald::store {

class Database;

// kResend: back into the queue, due as they were, for the same attempt. kHold: failed with the error code "uncertain",
// for an operator to look at. One transaction; answers how many. Throws SqliteError.
std::int64_t resolve_uncertain(Database& database, UncertainPolicy policy, base::WallTime now);

// Back into the queue, as they were, for those of `claims` that are in flight: they were reported as failed although
// they are on disk, so that no lane has them. One transaction; answers how many. Throws SqliteError.
std::int64_t put_back(Database& database, std::span<const MessageClaim> claims);

}  // namespace herald::store
