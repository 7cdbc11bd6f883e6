// Keys in the order in which they came, each written in the transaction of its message. Internal to the store room.
//
// Random keys cost much in a sorted table: with many of them, each is a page of its own to be read and written. So a
// commit only appends here; the KeyArchive sorts many at once into buckets later, and until then RecentKeys finds them.
#pragma once

#include <string_view>
#include <vector>

#include "store/recent_keys.h"
#include "store/statement.h"

namespace herald::store {

// The writer's thread only; lives no longer than the database, and is dropped with it after a failed commit.
class KeyLog {
 public:
  explicit KeyLog(Database& database);

  // Part of the open transaction.
  void append(const domain::RequestKey& key, domain::MessageId id, base::WallTime accepted_at);

  // What was appended since the last call: after the commit, for RecentKeys.
  std::vector<RecentKey> take_appended();

 private:
  Statement insert_;
  std::int64_t last_seq_;
  std::vector<RecentKey> appended_;
};

// All that stands in the log, in its order. Throws SqliteError.
std::vector<RecentKey> read_key_log(Database& database);

// Throws SqliteError for bytes of another length.
domain::Digest digest_of(std::string_view stored);

}  // namespace herald::store
