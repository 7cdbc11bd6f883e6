// A small store with a message in every state, and all that a store shows as text: what the kept files of
// tests/golden/store are made with and compared by.
#pragma once

#include <string>

#include "store/store.h"
#include "support/manual_clock.h"

namespace herald::store {

// Messages of every channel, direction and status, with attempts, keys in the log and in buckets, conversations,
// receipts before and after their messages, and kept settings; two messages stay in flight. Moves the clock on by less
// than a day. The store is empty.
void fill(Store& store, test::ManualClock& clock);

// Everything that a reader shows, one fact a line, in an order of its own. Two stores that hold the same show the same.
std::string describe(const Reader& reader);

}  // namespace herald::store
