// The messages that a plugin has and has not completed. The handles that it gets are keys of a table, never addresses,
// and none is used twice: a late, double or made-up one finds nothing and raises a counter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include <herald/abi.h>

#include "base/mutex.h"
#include "observe/metrics.h"
#include "providers/batch.h"

namespace herald::providers {

// Any thread. A plugin's thread may call complete after the contract has ended, so the object is kept until the process
// ends (see kept.h) and must be made by std::make_shared. Sinks are called without a lock held.
class Flights {
 public:
  // What open came to.
  enum class Opened { kOpened, kFull, kClosed };

  // Messages past their deadline that a plugin may owe at once; the memory of each is held until it is completed.
  static constexpr std::size_t kMaxOverdue = 65536;

  // At most `capacity` messages whose deadline has not passed are in flight at once. Handles are a secret permutation
  // of a counter: `secret` makes a stray value miss.
  Flights(std::size_t capacity, std::uint64_t secret, observe::ProviderMetrics& metrics);

  // Gives every message of `batch` its handle and keeps the batch until all are completed; does nothing unless kOpened.
  // A message that the plugin never completes stops counting against the capacity at its deadline, so that one which
  // loses messages is not wedged by them.
  Opened open(const std::shared_ptr<Batch>& batch, base::MonoTime now) HERALD_EXCLUDES(mutex_);

  // Completes with `outcome` what the plugin has not completed of `batch`.
  void give_back(const Batch& batch, const domain::Outcome& outcome) HERALD_EXCLUDES(mutex_);

  // Ends all: what is still in flight completes with kTimeout and "provider_stopped", since it may have been sent, and
  // as unfinished when told so; a completion that comes later is counted as late. Returns when no sink is being called
  // any more; afterwards none is. With `keep_memory` the batches of those messages are never freed: the plugin may
  // still be reading them.
  void close(bool keep_memory, bool unfinished = true) HERALD_EXCLUDES(mutex_);

  // Afterwards the metrics are not touched any more. Follows close.
  void detach() HERALD_EXCLUDES(mutex_);

  // What submit takes; valid as long as this object.
  const herald_completion* completion() const { return &completion_; }

  std::size_t in_flight() const HERALD_EXCLUDES(mutex_);

 private:
  struct Flight {
    std::shared_ptr<Batch> batch;
    std::size_t index = 0;
    bool overdue = false;
  };

  static void complete(void* context, std::uint64_t item, const herald_outcome* outcome) noexcept;
  bool has_room_for(std::size_t count, base::MonoTime now) HERALD_REQUIRES(mutex_);
  // The flight of `handle`, taken out of the table, with a delivery begun; an empty one when there is none.
  Flight take(std::uint64_t handle) HERALD_EXCLUDES(mutex_);
  void count_stray(std::uint64_t handle) HERALD_EXCLUDES(mutex_);
  void deliver(const Flight& flight, domain::Outcome outcome) HERALD_EXCLUDES(mutex_);

  const std::size_t capacity_;
  const std::uint64_t secret_;
  herald_completion completion_{};

  mutable base::Mutex mutex_;
  base::Condition delivered_;
  std::unordered_map<std::uint64_t, Flight> flights_ HERALD_GUARDED_BY(mutex_);
  std::unordered_set<std::uint64_t> given_up_ HERALD_GUARDED_BY(mutex_);  // in flight when the table was closed
  std::size_t overdue_ HERALD_GUARDED_BY(mutex_) = 0;                     // of flights_, those marked so
  std::uint64_t next_ HERALD_GUARDED_BY(mutex_) = 0;
  std::size_t delivering_ HERALD_GUARDED_BY(mutex_) = 0;  // sinks being called at this moment
  bool closed_ HERALD_GUARDED_BY(mutex_) = false;
  observe::ProviderMetrics* metrics_ HERALD_GUARDED_BY(mutex_);  // null once detached
};

}  // namespace herald::providers
