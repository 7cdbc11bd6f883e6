// Group commit: commands gather in a queue while the last commit runs; each step takes all of them, applies them in one
// transaction, and completes them. There is no artificial delay.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/heartbeat.h"
#include "base/mutex.h"
#include "base/wakeup.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "store/store.h"

namespace herald::store {

// submit() from any thread; step() from one thread at a time (the writer's, or a simulation).
class Writer {
 public:
  // All are borrowed and outlive the writer. `max_batch` bounds the commands of one commit.
  Writer(Store& store, const base::Clock& clock, observe::Log& log, observe::Metrics& metrics, std::size_t max_batch);
  // Closes, and fails what nobody stepped for. No other thread may use the writer any more.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // What may wait for a commit: a disk that stalls must not fill the memory with what clients go on to send. An accept
  // or what a carrier brings beyond either bound is refused at once; what lanes owe the store is always taken, their
  // windows bound it.
  static constexpr std::size_t kWaitingAccepts = 16'384;
  static constexpr std::size_t kWaitingBytes = 64U << 20U;
  // When so many accepts have waited, at no moment fewer, for so long, more comes in than the disk takes: the queue
  // only makes everybody late. A burst passes sooner. More than one commit's worth, so that whoever refuses meanwhile
  // leaves the writer as much as it can take.
  static constexpr std::size_t kStandingAccepts = 2'048;
  static constexpr std::chrono::milliseconds kStandingTime{100};
  // Once that has happened, as many accepts stand at once whenever they gather again within this time: the load is the
  // same, and to let it in for another kStandingTime would make the host work in fits.
  static constexpr std::chrono::seconds kStandingMemory{1};
  // For as long, a request is refused that has waited for so long before it is looked at. A commit makes room for a
  // thousand accepts at once, and everybody behind them would wait until they are decoded.
  static constexpr std::chrono::microseconds kLate{300};
  // A commit that runs longer than this makes the store count as unhealthy until it ends.
  static constexpr std::chrono::seconds kSlowCommit{5};

  // Queues a command. Its `done` is called exactly once, on the stepping thread, or at once with kUnavailable after
  // close() and with kExhausted for an Accept or a Receive beyond the bounds above.
  void submit(Command command) HERALD_EXCLUDES(mutex_);
  // The same for several, with one lock and one wake-up.
  void submit(std::vector<Command> commands) HERALD_EXCLUDES(mutex_);

  // Applies what is waiting; when the store has failed, tries to recover it first (no more often than every 100 ms of
  // the clock) and fails what waits meanwhile. False when there was nothing to do.
  bool step() HERALD_EXCLUDES(mutex_);

  // Blocks until there is something to step for, or `timeout`.
  void wait(std::chrono::nanoseconds timeout) { wakeup_.wait_for(timeout); }

  // Ends a wait; any thread.
  void notify() { wakeup_.notify(); }

  // From here on submit() refuses; what is queued is still applied by step().
  void close() HERALD_EXCLUDES(mutex_);

  // Whether a request that has waited for so long is one too many, as told above. Cheap; any thread.
  bool overloaded(std::chrono::nanoseconds waited) const;
  // False from a failed commit until the store has recovered, and while a commit is stuck. Any thread.
  bool healthy() const;
  // How long the step under way has taken; zero between two steps. Any thread.
  std::chrono::nanoseconds step_under_way(base::MonoTime now) const { return heartbeat_.under_way(now); }

 private:
  static constexpr base::MonoTime::rep kNoCommit = -1;
  static constexpr base::MonoTime::rep kNoneStand = -1;

  std::span<Command> take() HERALD_EXCLUDES(mutex_);
  void commit(std::span<Command> batch);
  bool fits(const Command& command) HERALD_REQUIRES(mutex_);
  void release(std::span<const Command> batch) HERALD_EXCLUDES(mutex_);
  bool stands(base::MonoTime now) const;
  bool stood_lately(base::MonoTime now) const;
  void begin_standing() HERALD_REQUIRES(mutex_);
  void end_standing() HERALD_REQUIRES(mutex_);
  bool try_recovery();

  Store& store_;
  const base::Clock& clock_;
  observe::Log& log_;
  observe::Metrics& metrics_;
  const std::size_t max_batch_;
  base::Wakeup wakeup_;
  base::Heartbeat heartbeat_;
  std::atomic<bool> healthy_{true};
  std::atomic<base::MonoTime::rep> commit_began_ns_{kNoCommit};
  std::atomic<base::MonoTime::rep> standing_since_ns_{kNoneStand};
  std::atomic<base::MonoTime::rep> stands_at_once_until_ns_{kNoneStand};

  // The stepping thread's own.
  std::vector<Command> taken_;
  std::size_t next_ = 0;  // the first of taken_ that has not been applied
  std::optional<base::MonoTime> last_recovery_;

  base::Mutex mutex_;
  std::vector<Command> waiting_ HERALD_GUARDED_BY(mutex_);
  // Of waiting_ and of what is left in taken_.
  std::size_t waiting_accepts_ HERALD_GUARDED_BY(mutex_) = 0;
  std::size_t waiting_bytes_ HERALD_GUARDED_BY(mutex_) = 0;
  bool closed_ HERALD_GUARDED_BY(mutex_) = false;
};

}  // namespace herald::store
