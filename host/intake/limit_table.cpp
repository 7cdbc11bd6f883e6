#include "intake/limit_table.h"

#include <algorithm>

namespace herald::intake {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

seconds rounded_up(nanoseconds duration) {
  return std::chrono::ceil<seconds>(std::max(duration, nanoseconds{0}));
}

}  // namespace

LimitRate::LimitRate(std::uint32_t messages_a_minute)
    : quota(messages_a_minute), interval(kWindow / quota), burst(interval * quota) {}

void LimitTable::Account::at(base::MonoTime now) {
  now_ = now.time_since_epoch();
  ahead_ = entry_.hash == hash_ ? std::max(nanoseconds{entry_.busy_until_ns} - now_, nanoseconds{0}) : nanoseconds{0};
}

void LimitTable::Account::charge() {
  ahead_ += rate_.interval;
  entry_ = Entry{hash_, (now_ + ahead_).count()};
}

LimitState LimitTable::Account::state(std::string_view name) const {
  LimitState state;
  state.name = name;
  state.quota = rate_.quota;
  state.window = std::chrono::duration_cast<seconds>(LimitRate::kWindow);
  state.remaining = ahead_ >= rate_.burst ? 0 : static_cast<std::uint32_t>((rate_.burst - ahead_) / rate_.interval);
  state.reset = rounded_up(ahead_);
  state.retry_after = rounded_up(ahead_ + rate_.interval - rate_.burst);
  return state;
}

LimitTable::LimitTable(LimitRate rate, std::size_t entries)
    : rate_(rate), sets_in_shard_(entries / kWays / kShards), shards_(std::make_unique<Shard[]>(kShards)) {
  for (std::size_t i = 0; i < kShards; ++i) {
    auto& shard = shards_[i];
    const base::MutexLock lock(shard.mutex);
    shard.sets.resize(sets_in_shard_);
  }
}

std::size_t LimitTable::memory() const {
  return kShards * (sizeof(Shard) + sets_in_shard_ * sizeof(Set));
}

LimitTable::Entry& LimitTable::place_of(Shard& shard, std::uint64_t hash) const {
  auto& entries = shard.sets[hash / kShards % sets_in_shard_].entries;
  auto* place = entries.data();
  for (auto& entry : entries) {
    if (entry.hash == hash) return entry;
    if (entry.busy_until_ns < place->busy_until_ns) place = &entry;
  }
  return *place;
}

}  // namespace herald::intake
