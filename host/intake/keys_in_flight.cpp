#include "intake/keys_in_flight.h"

#include <cstring>

namespace herald::intake {

std::size_t KeysInFlight::Hash::operator()(const domain::Digest& key) const noexcept {
  std::size_t hash = 0;
  static_assert(sizeof hash <= sizeof key);
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

std::optional<KeysInFlight::Hold> KeysInFlight::hold(const domain::Digest& key) {
  auto& shard = shard_of(key);
  const base::MutexLock lock(shard.mutex);
  if (!shard.keys.insert(key).second) return std::nullopt;
  return Hold(*this, key);
}

void KeysInFlight::release(const domain::Digest& key) noexcept {
  auto& shard = shard_of(key);
  const base::MutexLock lock(shard.mutex);
  shard.keys.erase(key);
}

}  // namespace herald::intake
