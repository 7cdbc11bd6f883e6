// Which messages only the batch that is being applied has made dispatching. Internal to the store room.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/id.h"

namespace herald::store {

// One claim of a message, for the attempt of that number.
struct MessageClaim {
  base::MessageId id;
  std::uint32_t attempt = 1;

  friend bool operator==(const MessageClaim&, const MessageClaim&) = default;
};

// The writer's thread only. When a batch is reported as failed, no lane has what it claimed, whether or not the commit
// reached the disk. A message that its lane gave back in the same batch is no such one: it was in flight for the same
// attempt before, and the lane gives it back again. One whose attempt was settled in the same batch is claimed for the
// next attempt, by which the disk tells whether it has the claim.
class BatchClaims {
 public:
  void claimed(MessageClaim claim) { claimed_.push_back(claim); }
  // The message was in flight up to now.
  void released(base::MessageId id) { released_.push_back(id); }

  void clear() {
    claimed_.clear();
    released_.clear();
  }

  std::vector<MessageClaim> unanswered() const {
    auto released = released_;
    std::sort(released.begin(), released.end());
    std::vector<MessageClaim> claims;
    for (const auto& claim : claimed_) {
      if (!std::binary_search(released.begin(), released.end(), claim.id)) claims.push_back(claim);
    }
    return claims;
  }

 private:
  std::vector<MessageClaim> claimed_;
  std::vector<base::MessageId> released_;
};

}  // namespace herald::store
