// Whether the write-ahead log holds all that it was given, asked before SQLite reads it. Internal to the store room.
//
// SQLite takes a log up to the first frame that does not add up, since a loss of power may leave such an end, and
// forgets what stands behind. But a commit is synced before the next one is written, and before the log's index counts
// it: commits behind a damaged frame, or fewer than the index counts, are no torn end. They were acknowledged, and
// taking the log as it is would lose them without a word.
#pragma once

#include <string>

#include "base/result.h"

namespace herald::store {

// Of a database whose commits were synced (Durability::kPower) and that nobody has open. Reads the whole log and
// changes nothing. kCorrupt says what was found, what was expected, and the cure; kUnavailable when the log cannot be
// read. What it cannot notice: damage in the last commits of a log whose index is gone too, and a log that was removed
// with it.
base::Status check_log(const std::string& database_path);

}  // namespace herald::store
