// The keys that came last, in memory: those that stand in the log and not yet in a bucket. Internal to the store room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/mutex.h"
#include "store/store.h"

namespace herald::store {

// One use of a key, as the log has it.
struct RecentKey {
  domain::Digest key{};
  domain::Digest request{};
  domain::MessageId id;
  base::WallTime accepted_at;
  std::int64_t seq = 0;  // its place in the log
};

// Any thread. It is changed by the writer's thread alone, and only to what has been committed. What moves on to a
// bucket is set apart as a whole and dropped as a whole, so no use is ever taken out by itself.
class RecentKeys {
 public:
  // Clients choose the keys: a seed that they do not know keeps them from choosing ones that hash alike.
  explicit RecentKeys(std::uint64_t seed);

  // A later use of a key takes the place of the former one.
  void add(std::span<const RecentKey> keys) HERALD_EXCLUDES(mutex_);
  // All at once in place of what was there, moving or not: a key that stands in both is never missing.
  void replace(std::span<const RecentKey> keys) HERALD_EXCLUDES(mutex_);

  // What the key was used for, if that was at `not_before` or later.
  std::optional<KeyUse> find(const domain::Digest& key, base::WallTime not_before) const HERALD_EXCLUDES(mutex_);

  // Sets apart all that is here, and gives it in the order of the keys, the uses of one key in that of the log. It is
  // found as before until end_move(); only then may the next move begin.
  std::vector<RecentKey> begin_move() HERALD_EXCLUDES(mutex_);
  // Drops what was set apart: all of it is found elsewhere now.
  void end_move() HERALD_EXCLUDES(mutex_);

  // Uses of the log that begin_move() would set apart.
  std::size_t waiting() const HERALD_EXCLUDES(mutex_);
  // All uses that are held, moving ones too.
  std::size_t size() const HERALD_EXCLUDES(mutex_);

 private:
  // Uses in the order of the log, and a table over them: open addressing, from which nothing is ever taken out.
  class Table {
   public:
    explicit Table(std::uint64_t seed) : seed_(seed) {}
    void add(const RecentKey& use);
    const RecentKey* find(const domain::Digest& key) const;
    const std::vector<RecentKey>& uses() const { return uses_; }

   private:
    // Where the key is, or would be.
    std::size_t slot_of(const domain::Digest& key) const;
    void grow();

    std::uint64_t seed_;
    std::vector<RecentKey> uses_;
    std::vector<std::uint32_t> slots_;  // an index into uses_ plus one, 0 for none; a power of two, at most half full
  };

  const std::uint64_t seed_;
  mutable base::Mutex mutex_;
  Table waiting_ HERALD_GUARDED_BY(mutex_);
  Table moving_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::store
