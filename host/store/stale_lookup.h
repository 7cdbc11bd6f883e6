// Requests whose key was looked up before the store recovered. Internal to the store room.
//
// A commit that was told as failed can be durable all the same. Its key is not found before the recovery, and a client
// who comes again under it in the meantime must not get a second message.
#pragma once

#include <cstdint>
#include <optional>

#include "store/command_applier.h"

namespace herald::store {

// kUnavailable for a command that has a key and was made before the last of so many recoveries: when the client comes
// again, the key is looked up anew. Nothing for all others.
std::optional<Reply> refuse_stale_lookup(const Command& command, std::uint64_t recoveries);

}  // namespace herald::store
