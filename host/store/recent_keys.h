// The keys that came last, in memory: those that stand in the log and not yet in a bucket. Internal to the store room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
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

// Any thread. It is changed by the writer's thread alone, and only to what has been committed. Ordered rather than
// hashed: clients choose the keys, and could choose many that fall into one bucket of a hash table; and the order is
// the one in which the keys move on.
class RecentKeys {
 public:
  // A later use of a key takes the place of the former one.
  void add(std::span<const RecentKey> keys) HERALD_EXCLUDES(mutex_);
  // All at once in place of what was there: a key that stands in both is never missing.
  void replace(std::span<const RecentKey> keys) HERALD_EXCLUDES(mutex_);
  // Takes these uses out. A key that has been used again since stays.
  void remove(std::span<const RecentKey> keys) HERALD_EXCLUDES(mutex_);

  // What the key was used for, if that was at `not_before` or later.
  std::optional<KeyUse> find(const domain::Digest& key, base::WallTime not_before) const HERALD_EXCLUDES(mutex_);

  // At most `limit` of the uses that stand in the log up to `last_seq`, in the order of their keys, behind `after`.
  std::vector<RecentKey> in_order(const std::optional<domain::Digest>& after, std::int64_t last_seq,
                                  std::size_t limit) const HERALD_EXCLUDES(mutex_);

  std::size_t size() const HERALD_EXCLUDES(mutex_);
  // The last place in the log that was ever shown here since replace(); 0 when there was none.
  std::int64_t last_seq() const HERALD_EXCLUDES(mutex_);

 private:
  struct Use {
    domain::Digest request{};
    domain::MessageId id;
    base::WallTime accepted_at;
    std::int64_t seq = 0;
  };
  using Uses = std::map<domain::Digest, Use>;

  mutable base::Mutex mutex_;
  Uses uses_ HERALD_GUARDED_BY(mutex_);
  std::int64_t last_seq_ HERALD_GUARDED_BY(mutex_) = 0;
};

}  // namespace herald::store
