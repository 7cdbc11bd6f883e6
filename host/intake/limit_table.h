// One rate limit over any number of keys, in memory that never grows.
//
// The limit is GCRA (the "virtual scheduling algorithm" of ITU-T I.371): each message takes a minute divided by the
// quota, and a key may be ahead of the clock by a whole minute. So the whole quota may come as one burst, after which
// it comes back evenly; any minute lets through at most twice the quota.
//
// Keys are known by a 64-bit hash under a secret salt and live in sets of eight entries. Two keys of one hash share an
// account; for a million keys in use that is one chance in forty million. A new key whose set is full takes the place
// of a key that is idle, for which nothing is lost; where all eight are ahead of the clock, of the one that is nearest
// to idle: that one gets its quota back up to a minute early. So a flood of keys can spare a key part of its limit,
// the least used first, and can never take any away.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "intake/limits.h"

namespace herald::intake {

// A quota as the algorithm counts it. The interval is cut to whole nanoseconds: a limit is never narrower than asked
// for, wider by less than a millionth up to 30,000 messages a minute, and by at most a sixtieth up to a billion.
struct LimitRate {
  static constexpr std::chrono::nanoseconds kWindow = std::chrono::minutes{1};

  explicit LimitRate(std::uint32_t messages_a_minute);

  std::uint32_t quota;                // at least 1, at most 10^9
  std::chrono::nanoseconds interval;  // that one message takes
  std::chrono::nanoseconds burst;     // that a key may be ahead of the clock: `quota` intervals
};

// Any thread. visit() locks one of 64 shards while it calls `use`, which must not block.
class LimitTable {
 private:
  struct Entry {
    std::uint64_t hash = 0;
    base::MonoTime::rep busy_until_ns = 0;  // idle when that has passed; 0: never used
  };

 public:
  static constexpr std::size_t kWays = 8;
  static constexpr std::size_t kShards = 64;

  // What one key has used, while its shard is locked. The time is told first: read under the lock, or else two messages
  // at one moment could be weighed in the other order than they were read in, and the last of a quota be refused.
  class Account {
   public:
    void at(base::MonoTime now);
    bool admits() const { return ahead_ + rate_.interval <= rate_.burst; }
    // Only what is charged is written: a key that is refused takes no other's place.
    void charge();
    LimitState state(std::string_view name) const;

   private:
    friend class LimitTable;
    Account(const LimitRate& rate, Entry& entry, std::uint64_t hash) : rate_(rate), entry_(entry), hash_(hash) {}

    const LimitRate& rate_;
    Entry& entry_;
    const std::uint64_t hash_;
    std::chrono::nanoseconds now_{0};
    std::chrono::nanoseconds ahead_{0};  // of the clock
  };

  // `entries`: a power of two, at least kWays * kShards.
  LimitTable(LimitRate rate, std::size_t entries);

  // Calls `use` with the account of the key of this hash.
  template <typename Use>
  void visit(std::uint64_t hash, Use use) {
    auto& shard = shards_[hash % kShards];
    const base::MutexLock lock(shard.mutex);
    Account account(rate_, place_of(shard, hash), hash);
    use(account);
  }

  // All that the table will ever hold, in octets.
  std::size_t memory() const;

 private:
  struct alignas(64) Set {
    std::array<Entry, kWays> entries;
  };
  // A line of the processor's cache for each lock, so that threads at different shards do not slow each other.
  struct alignas(64) Shard {
    base::Mutex mutex;
    std::vector<Set> sets HERALD_GUARDED_BY(mutex);
  };

  // The key's own entry, else the one whose place it takes.
  Entry& place_of(Shard& shard, std::uint64_t hash) const HERALD_REQUIRES(shard.mutex);

  const LimitRate rate_;
  const std::size_t sets_in_shard_;
  const std::unique_ptr<Shard[]> shards_;
};

}  // namespace herald::intake
