// The idempotency keys of the requests that are being worked on at this moment.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/mutex.h"
#include "domain/request_key.h"

namespace herald::intake {

// Any thread. Holds no more keys than there are requests between their first gate and their commit.
class KeysInFlight {
 public:
  // The right of one request to its key; given back by release() or at its end. Must not outlive its KeysInFlight.
  // One thread at a time.
  class Hold {
   public:
    Hold(Hold&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), key_(other.key_) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold() { release(); }

    void release() noexcept {
      if (owner_ != nullptr) std::exchange(owner_, nullptr)->release(key_);
    }

   private:
    friend class KeysInFlight;
    Hold(KeysInFlight& owner, const domain::Digest& key) : owner_(&owner), key_(key) {}

    KeysInFlight* owner_;
    domain::Digest key_;
  };

  // Nothing when another request has this key.
  std::optional<Hold> hold(const domain::Digest& key);

 private:
  static constexpr std::size_t kShards = 16;

  // A digest is spread already.
  struct Hash {
    std::size_t operator()(const domain::Digest& key) const noexcept;
  };
  struct alignas(64) Shard {
    base::Mutex mutex;
    std::unordered_set<domain::Digest, Hash> keys HERALD_GUARDED_BY(mutex);
  };

  Shard& shard_of(const domain::Digest& key) { return shards_[key.back() % kShards]; }
  void release(const domain::Digest& key) noexcept;

  std::array<Shard, kShards> shards_;
};

}  // namespace herald::intake
