#include "store/recent_keys.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace herald::store {
namespace {

constexpr std::size_t kFirstSlots = 64;

// The finalizer of MurmurHash3. A key is a digest: any 64 bits of it are as good as all.
std::uint64_t mixed(std::uint64_t word) {
  word ^= word >> 33U;
  word *= 0xff51afd7ed558ccdU;
  word ^= word >> 33U;
  word *= 0xc4ceb9fe1a85ec53U;
  return word ^ (word >> 33U);
}

// Digests in their order compare as these numbers do, but for those that begin with the same eight bytes.
std::uint64_t beginning_of(const domain::Digest& key) {
  std::uint64_t beginning = 0;
  for (std::size_t at = 0; at < sizeof beginning; ++at)
    beginning = beginning << 8U | key[at];
  return beginning;
}

// Sorts small entries, not the keys themselves: the writer's thread waits for it.
std::vector<RecentKey> in_order(const std::vector<RecentKey>& keys) {
  struct Entry {
    std::uint64_t beginning = 0;
    std::size_t index = 0;  // of two uses of one key the former comes first
  };
  std::vector<Entry> entries;
  entries.reserve(keys.size());
  for (std::size_t index = 0; index < keys.size(); ++index)
    entries.push_back({beginning_of(keys[index].key), index});
  std::sort(entries.begin(), entries.end(), [&keys](const Entry& one, const Entry& other) {
    if (one.beginning != other.beginning) return one.beginning < other.beginning;
    if (keys[one.index].key != keys[other.index].key) return keys[one.index].key < keys[other.index].key;
    return one.index < other.index;
  });
  std::vector<RecentKey> sorted;
  sorted.reserve(keys.size());
  for (const auto& entry : entries)
    sorted.push_back(keys[entry.index]);
  return sorted;
}

}  // namespace

void RecentKeys::Table::add(const RecentKey& use) {
  if (2 * (uses_.size() + 1) > slots_.size()) grow();
  uses_.push_back(use);
  slots_[slot_of(use.key)] = static_cast<std::uint32_t>(uses_.size());
}

const RecentKey* RecentKeys::Table::find(const domain::Digest& key) const {
  if (slots_.empty()) return nullptr;
  const auto index = slots_[slot_of(key)];
  return index == 0 ? nullptr : &uses_[index - 1];
}

std::size_t RecentKeys::Table::slot_of(const domain::Digest& key) const {
  std::uint64_t word = 0;
  std::memcpy(&word, key.data(), sizeof word);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = mixed(word ^ seed_) & mask;; slot = (slot + 1) & mask) {
    const auto index = slots_[slot];
    if (index == 0 || uses_[index - 1].key == key) return slot;
  }
}

void RecentKeys::Table::grow() {
  slots_.assign(std::max(kFirstSlots, 2 * slots_.size()), 0);
  std::uint32_t index = 0;
  for (const auto& use : uses_)
    slots_[slot_of(use.key)] = ++index;
}

RecentKeys::RecentKeys(std::uint64_t seed) : seed_(seed), waiting_(seed), moving_(seed) {}

void RecentKeys::add(std::span<const RecentKey> keys) {
  const base::MutexLock lock(mutex_);
  for (const auto& one : keys)
    waiting_.add(one);
}

void RecentKeys::replace(std::span<const RecentKey> keys) {
  Table table(seed_);
  for (const auto& one : keys)
    table.add(one);
  Table none(seed_);
  const base::MutexLock lock(mutex_);
  std::swap(waiting_, table);
  std::swap(moving_, none);
}

std::optional<KeyUse> RecentKeys::find(const domain::Digest& key, base::WallTime not_before) const {
  const base::MutexLock lock(mutex_);
  const auto* use = waiting_.find(key);
  if (use == nullptr) use = moving_.find(key);
  if (use == nullptr || use->accepted_at < not_before) return std::nullopt;
  return KeyUse{use->request, use->id};
}

std::vector<RecentKey> RecentKeys::begin_move() {
  std::vector<RecentKey> keys;
  {
    const base::MutexLock lock(mutex_);
    keys = waiting_.uses();
    std::swap(waiting_, moving_);
  }
  return in_order(keys);
}

void RecentKeys::end_move() {
  Table moved(seed_);
  const base::MutexLock lock(mutex_);
  std::swap(moving_, moved);
}

std::size_t RecentKeys::waiting() const {
  const base::MutexLock lock(mutex_);
  return waiting_.uses().size();
}

std::size_t RecentKeys::size() const {
  const base::MutexLock lock(mutex_);
  return waiting_.uses().size() + moving_.uses().size();
}

}  // namespace herald::store
