// Removes what was settled long enough ago, a few messages at a time. Internal to the store room.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "observe/log.h"
#include "store/message_removal.h"
#include "store/options.h"

namespace herald::store {

class Database;

// The writer's thread only, between two transactions; lives no longer than the database and the book.
//
// A sweep goes through the messages in the order of their ids, which is that of their acceptance: no index has to be
// kept for it. A message goes when its last change of status, or its receipt when it is inbound, lies further back than
// the retention. What waits, what a provider has, and what was put back by an operator is passed by; the next sweep
// looks at it again. A sweep ends where a whole step finds only messages that are too young.
class Retention {
 public:
  static constexpr std::chrono::minutes kInterval{1};  // between two sweeps
  // What one transaction looks at and for how long it goes on: a batch that waits behind it must not notice.
  static constexpr std::size_t kMostOfAStep = 256;
  static constexpr std::chrono::microseconds kLongestStep{1'000};
  // While there is more to remove, the writer's thread is left alone for so many times what a step took.
  static constexpr int kRestOfAStep = 3;
  // Carriers repeat what was not confirmed for days: for so long an id is known, however soon its message goes.
  static constexpr std::chrono::hours kCarrierIdsKept{7 * 24};

  // All but `options` are borrowed and outlive it. A retention shorter than the idempotency keys' time counts as that:
  // a key that still stands for its request answers with the message.
  Retention(Database& database, ConversationBook& book, const Options& options, const base::Clock& clock,
            observe::Log& log);

  // One step, when it is due. A failure is logged, loses nothing, and is tried again after kInterval.
  void run_if_due();

 private:
  struct Step {
    std::vector<RemovableMessage> old;
    domain::MessageId last;  // looked at
    bool any_aged = false;   // one was accepted long enough ago, whatever has become of it
  };

  bool step();  // false at the end of a sweep
  Step look(base::WallTime cutoff);
  // The last message looked at that need not be looked at again in this sweep.
  domain::MessageId remove(const Step& found);
  bool end_sweep();

  Database& database_;
  const base::Clock& clock_;
  observe::Log& log_;
  const std::chrono::milliseconds keep_;  // 0: for ever
  const std::chrono::milliseconds keep_carrier_ids_;

  domain::MessageId behind_;            // what this sweep has come to
  std::uint64_t removed_ = 0;           // in this sweep
  bool failing_ = false;                // the last step failed, and that has been logged
  std::optional<base::MonoTime> next_;  // nothing before the first step

  Statement select_next_;
  MessageRemoval removal_;
};

}  // namespace herald::store
