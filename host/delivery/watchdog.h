// Tells of a thread that does not come back from a step, and of a lane that makes no progress although it could.
//
// A lane makes progress when it claims a message, when a call ends or comes back too late, and when the store has
// committed something of it. It owes progress while it has something to do (due messages in the store, a claim or a
// settlement under way there) and nothing stands in its way: no operator, open breaker, pacer or stop holds it, the
// store takes commits, and no call of its provider is still within its deadline, for then time alone moves it. What is
// left to hold it is its provider, which keeps the threads of calls that were given up, or a fault of ours. A lane that
// owes progress and makes none for Options::stall_after is stalled. The writer and the dispatcher, and a lane too, are
// stalled when one step takes that long.
//
// When the watchdog itself was not let run, because the process was stopped or the machine suspended, nothing that it
// watches was: all time is then counted from the look that found it out.
//
// It tells of a wall clock that was set, too: the due times and the ends of messages are moments of that clock.
//
// Threads. step() and wait() belong to one thread, the watchdog's (or a simulation); all else is safe from any thread.
// Nothing here waits for what it watches.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/wakeup.h"
#include "delivery/dispatcher.h"
#include "delivery/options.h"
#include "delivery/services.h"

namespace herald::delivery {

class Watchdog {
 public:
  static constexpr std::chrono::seconds kInterval{1};
  // Less than this is what keeps a clock right.
  static constexpr std::chrono::seconds kLeastJump{1};
  // A look that comes this long after the last one shows that the process stood still.
  static constexpr std::chrono::seconds kStandstill{3};

  // `dispatcher` is borrowed and outlives the watchdog.
  Watchdog(const Options& options, const Services& services, const Dispatcher& dispatcher);

  // Looks once an interval: sets the gauges, and says in one line each when something stalls and when it moves again.
  // False when it is not time yet.
  bool step() HERALD_EXCLUDES(mutex_);
  void wait(std::chrono::nanoseconds longest);

  void notify() { wakeup_.notify(); }
  // As of the last look.
  bool writer_stalled() const { return writer_stalled_.load(std::memory_order_relaxed); }
  bool dispatcher_stalled() const { return dispatcher_stalled_.load(std::memory_order_relaxed); }
  // Whose lanes are stalled, in order of their names.
  std::vector<std::string> stalled_providers() const HERALD_EXCLUDES(mutex_);

 private:
  // What is known of one lane or thread.
  struct Watched {
    std::uint64_t progress = 0;
    std::optional<base::MonoTime> owes_since;  // since the later of its last progress and the moment it began to owe
    std::chrono::nanoseconds still{0};
    bool stalled = false;  // as it was told last
  };
  using Lanes = std::map<std::string, Watched>;

  void look_at_itself(base::MonoTime now);
  std::chrono::nanoseconds while_awake(std::chrono::nanoseconds still, base::MonoTime now) const;
  void look_at_clocks(base::MonoTime now);
  void look_at_lanes(base::MonoTime now);
  std::chrono::nanoseconds without_progress(Watched& lane, const LanePulse& pulse, base::MonoTime now) const;
  bool stalls(const Watched& watched) const { return watched.still >= limit_; }
  void publish() HERALD_EXCLUDES(mutex_);
  // One line where something has stalled or moves again.
  void tell_changes();
  void tell_change(Watched& watched, const std::string& what);
  void forget_what_left(const std::vector<LanePulse>& pulses);

  // Fixed after construction.
  const std::chrono::seconds limit_;
  const Services services_;
  const Dispatcher& dispatcher_;
  base::Wakeup wakeup_;
  std::atomic<bool> writer_stalled_{false};
  std::atomic<bool> dispatcher_stalled_{false};

  // The watchdog's thread.
  base::MonoTime next_look_;
  base::MonoTime last_look_;
  base::MonoTime awake_since_;           // the first look after the process stood still
  std::chrono::nanoseconds wall_ahead_;  // of the monotonic clock, at the last look
  Watched writer_;
  Watched dispatching_;
  Lanes lanes_;  // by provider

  mutable base::Mutex mutex_;
  std::vector<std::string> stalled_providers_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::delivery
