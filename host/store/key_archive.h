// Keys sorted into buckets of time, in which they are found until their time has passed. Internal to the store room.
//
// A move takes all that stands in the log at its beginning, in many short transactions. First come the copies, in the
// order of the keys; once all of them are committed, RecentKeys need not hold these keys any more. Then the rows of the
// log are deleted in their own order. A crash in between leaves rows in the log that have been copied already: they
// are copied once more, to the same place.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "observe/log.h"
#include "store/recent_keys.h"
#include "store/statement.h"

namespace herald::store {

class Database;

// The writer's thread only, between two transactions; lives no longer than the database.
class KeyArchive {
 public:
  // What one transaction copies, deletes from the log, or removes from a bucket has a bound each, so that a batch which
  // waits behind it does not notice. While more than `most_copied` keys come between two steps, the log grows.
  struct Limits {
    std::chrono::milliseconds ttl{};   // for how long a key is kept, at least
    std::size_t log_rows = 131'072;    // in the log; more begin a move
    std::size_t most_copied = 2'048;   // each at a random place of a bucket
    std::size_t most_deleted = 8'192;  // neighbours
  };
  // A bucket's length is this part of the time-to-live: a key stays that much longer at most, and a look-up looks into
  // one bucket more than that.
  static constexpr int kBucketsOfTtl = 8;
  static constexpr std::chrono::milliseconds kShortestBucket{60'000};
  static constexpr std::chrono::seconds kRetryInterval{1};

  // All are borrowed and outlive the archive. `recent` holds what stands in the log.
  KeyArchive(Database& database, RecentKeys& recent, const Limits& limits, const base::Clock& clock, observe::Log& log);

  // One bounded piece of work, when there is any: a step of a move, or of a removal of keys whose time has passed. A
  // failure is logged, and what failed is tried again after kRetryInterval.
  void run_if_due();

 private:
  struct Move {
    std::vector<RecentKey> keys;  // in order; empty when all are copied
    std::size_t copied = 0;       // of them
    std::int64_t deleted_to = 0;  // in the log
    std::int64_t last_seq = 0;    // of what moves
  };
  struct Row {
    std::int64_t seq = 0;
    std::int64_t accepted_at = 0;
  };

  void step();
  bool move_is_due();
  void begin_move();
  void copy_some();
  void copy(std::span<const RecentKey> keys);
  void delete_some();
  bool removal_is_due();
  void remove_some();
  std::optional<domain::Digest> first_to_stay(std::int64_t bucket);
  std::int64_t bucket_of(std::int64_t time_ms) const;
  std::int64_t too_old_at() const;

  Database& database_;
  RecentKeys& recent_;
  const Limits limits_;
  const base::Clock& clock_;
  observe::Log& log_;
  const std::int64_t bucket_ms_;

  std::optional<Move> move_;                // under way
  std::optional<Row> head_;                 // of the log; nothing when it is empty or has to be read
  std::optional<std::int64_t> oldest_end_;  // of all buckets; nothing when it has to be read
  std::uint64_t steps_ = 0;
  std::size_t removed_ = 0;  // since the last bucket was removed
  std::optional<base::MonoTime> retry_at_;
  bool failing_ = false;  // the last step failed, and that has been logged

  Statement select_head_;
  Statement insert_bucket_;
  Statement insert_key_;
  Statement delete_log_;
  Statement select_oldest_end_;
  Statement select_past_;
  Statement select_boundary_;
  Statement delete_keys_before_;
  Statement delete_keys_;
  Statement delete_bucket_;
};

}  // namespace herald::store
