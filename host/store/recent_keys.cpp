#include "store/recent_keys.h"

#include <algorithm>
#include <utility>

namespace herald::store {

void RecentKeys::add(std::span<const RecentKey> keys) {
  const base::MutexLock lock(mutex_);
  for (const auto& one : keys) {
    uses_[one.key] = {one.request, one.id, one.accepted_at, one.seq};
    last_seq_ = std::max(last_seq_, one.seq);
  }
}

void RecentKeys::replace(std::span<const RecentKey> keys) {
  Uses uses;
  std::int64_t last_seq = 0;
  for (const auto& one : keys) {
    uses[one.key] = {one.request, one.id, one.accepted_at, one.seq};
    last_seq = std::max(last_seq, one.seq);
  }
  const base::MutexLock lock(mutex_);
  uses_.swap(uses);
  last_seq_ = last_seq;
}

void RecentKeys::remove(std::span<const RecentKey> keys) {
  const base::MutexLock lock(mutex_);
  for (const auto& one : keys) {
    const auto found = uses_.find(one.key);
    if (found != uses_.end() && found->second.seq == one.seq) uses_.erase(found);
  }
}

std::optional<KeyUse> RecentKeys::find(const domain::Digest& key, base::WallTime not_before) const {
  const base::MutexLock lock(mutex_);
  const auto found = uses_.find(key);
  if (found == uses_.end() || found->second.accepted_at < not_before) return std::nullopt;
  return KeyUse{found->second.request, found->second.id};
}

std::vector<RecentKey> RecentKeys::in_order(const std::optional<domain::Digest>& after, std::int64_t last_seq,
                                            std::size_t limit) const {
  std::vector<RecentKey> keys;
  const base::MutexLock lock(mutex_);
  keys.reserve(std::min(limit, uses_.size()));
  for (auto at = after ? uses_.upper_bound(*after) : uses_.begin(); at != uses_.end() && keys.size() < limit; ++at) {
    const auto& use = at->second;
    if (use.seq <= last_seq) keys.push_back({at->first, use.request, use.id, use.accepted_at, use.seq});
  }
  return keys;
}

std::size_t RecentKeys::size() const {
  const base::MutexLock lock(mutex_);
  return uses_.size();
}

std::int64_t RecentKeys::last_seq() const {
  const base::MutexLock lock(mutex_);
  return last_seq_;
}

}  // namespace herald::store
