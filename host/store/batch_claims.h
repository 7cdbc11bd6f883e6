// Which messages only the batch that is being applied has made dispatching. Internal to the store room.
#pragma once

#include <algorithm>
#include <vector>

#include "base/id.h"

namespace herald::store {

// The writer's thread only. When a batch is reported as failed, no lane has what it claimed, whether or not the commit
// reached the disk. A message that left its lane's hands in the same batch is no such one: the lane tells the store
// again what it told in vain.
class BatchClaims {
 public:
  void claimed(base::MessageId id) { claimed_.push_back(id); }
  // The message was in flight up to now.
  void left(base::MessageId id) { left_.push_back(id); }

  void clear() {
    claimed_.clear();
    left_.clear();
  }

  std::vector<base::MessageId> unanswered() const {
    auto left = left_;
    std::sort(left.begin(), left.end());
    std::vector<base::MessageId> ids;
    for (const auto id : claimed_) {
      if (!std::binary_search(left.begin(), left.end(), id)) ids.push_back(id);
    }
    return ids;
  }

 private:
  std::vector<base::MessageId> claimed_;
  std::vector<base::MessageId> left_;
};

}  // namespace herald::store
