// One provider's lane: its window of calls in flight, its breaker, its pacer, and what it still owes the store. A slow
// or failing provider costs the other lanes nothing, because a lane shares no thread and no lock with them.
//
// Threads. step(), wait() and next_wakeup() belong to one thread, the lane's (or a simulation). Everything else is safe
// from any thread. The writer completes the lane's commands and the provider its messages into a locked inbox, from
// where the next step takes them.
//
// Life. The lane is the sink that the port knows: begin_stop(), step until idle() or until a bound is over, stop the
// port, then destroy the lane. What was in flight at that bound is uncertain and is treated by the store's policy at
// the next start. Commands that are still at the writer may outlive the lane. A lane that is taken away while the host
// goes on begins with begin_leave() instead, and leaves nothing uncertain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/heartbeat.h"
#include "base/mutex.h"
#include "base/random.h"
#include "delivery/breaker.h"
#include "delivery/in_flight.h"
#include "delivery/inbox.h"
#include "delivery/options.h"
#include "delivery/outbox.h"
#include "delivery/pacer.h"
#include "delivery/report.h"
#include "delivery/services.h"
#include "domain/ports.h"

namespace herald::delivery {

class Lane final : public domain::OutcomeSink {
 public:
  // After a message's deadline a provider's own answer is still taken for this long; then the lane gives the call up as
  // a timeout.
  static constexpr std::chrono::milliseconds kGrace{250};
  // The most messages of one claim, so that one lane's claim does not hold up the others' commits for long.
  static constexpr std::size_t kClaimMax = 512;
  // Finished attempts that may wait for their commit, beyond those in flight, before no more work is taken.
  static constexpr std::size_t kUnsettledMax = 4096;

  // `port` is borrowed. `seed` is for the jitter of retries.
  Lane(domain::ProviderPort& port, const Options& options, const Services& services, std::uint64_t seed);

  // What the watchdog judges a lane by, as of the end of its last step.
  struct Pulse {
    std::uint64_t progress = 0;  // grows with what is claimed, ended, returned too late, or committed
    bool held = false;           // by an open breaker, a pacer, a stop, or a commit that failed
    bool calls_out = false;      // of the provider, within their deadlines
    bool unsettled = false;      // the store does not know of everything yet
  };

  // ---- The lane's thread ----
  // Takes what has come (outcomes, claimed messages, commits), gives up what is overdue, calls the provider, hands
  // everything finished to the writer as one command. Never blocks beyond the provider's submit. False when there was
  // nothing to do.
  bool step();
  // Blocks until notified, until the lane has something to do by the clock, or `longest`.
  void wait(std::chrono::nanoseconds longest);
  // How long until the lane has something to do without being notified; nothing when only a notification matters.
  std::optional<std::chrono::nanoseconds> next_wakeup();

  // ---- Any thread ----
  const std::string& name() const { return name_; }
  void notify() { inbox_->notify(); }
  domain::LaneView view() const HERALD_EXCLUDES(view_mutex_);
  Pulse pulse() const HERALD_EXCLUDES(view_mutex_) {
    const base::MutexLock lock(view_mutex_);
    return pulse_;
  }
  std::chrono::nanoseconds step_under_way(base::MonoTime now) const { return heartbeat_.under_way(now); }
  void complete(domain::Ticket ticket, domain::Outcome outcome) noexcept override;
  // From here on nothing is claimed, and what was claimed but not submitted goes back to the queue. Cannot be undone.
  void begin_stop() { inbox_->begin_stop(); }
  // The same for a lane that is taken away while the host goes on: what comes back unfinished goes back to the queue
  // too, where it waits for the provider's return. A begin_stop() that follows overrides it.
  void begin_leave() { inbox_->begin_leave(); }
  // Nothing is in flight, under way or unsettled. After begin_stop() this stays true once it is.
  bool idle() const { return inbox_->idle(); }

  // ---- The dispatcher's ----
  Inbox& inbox() { return *inbox_; }

 private:
  struct Now {
    base::MonoTime mono;
    base::WallTime wall;
  };

  Now read_clock() const { return {services_.clock.mono(), services_.clock.wall()}; }
  void hear_commits(const Now& now);
  void report_failure(const base::Error& error);
  void finish_completed(const Now& now);
  void give_up_overdue(const Now& now);
  void finish(Flight flight, domain::Outcome outcome, base::MonoTime completed_at, const Now& now);
  void dispatch(store::Claimed claimed);
  std::size_t free_window() const;
  // Messages to claim: what the window, the breaker, the pacer and the store's backlog leave. No permit is held while a
  // claim is under way: the lane alone draws from its breaker and has one claim at a time, so what is available now can
  // only be lost to a transition, and then the messages go back (permit_or_return).
  std::size_t demand(base::MonoTime now, std::size_t claimed) const;
  // The permit of a claimed message, or nothing when it must go back, which is then under way.
  std::optional<Breaker::Permit> permit_or_return(const domain::ClaimedMessage& message, domain::ChannelSet channels,
                                                  const Now& now);
  domain::DispatchItem take_off(domain::ClaimedMessage message, const Breaker::Permit& permit, const Now& now);
  void submit(std::vector<domain::DispatchItem> items);
  void note(const std::optional<Breaker::Transition>& transition, const Now& now);
  void return_due(base::WallTime at);
  void publish(const Now& now);
  Pulse pulse_at(base::MonoTime now) const;

  // Fixed after construction.
  domain::ProviderPort& port_;
  const std::string name_;
  const Options options_;
  const Services services_;
  const std::shared_ptr<Inbox> inbox_;  // shared with commands that are still at the writer
  base::Heartbeat heartbeat_;

  // The lane's thread.
  base::SeededRandom random_;
  Report report_;
  Breaker breaker_;
  Pacer pacer_;
  InFlight flights_;
  Outbox outbox_;
  Inbox::Content taken_;
  std::optional<base::WallTime> due_at_;  // of what this step put back
  std::optional<base::WallTime> opened_at_;
  std::uint64_t progress_ = 0;

  mutable base::Mutex view_mutex_;
  domain::LaneView view_ HERALD_GUARDED_BY(view_mutex_);
  Pulse pulse_ HERALD_GUARDED_BY(view_mutex_);
};

}  // namespace herald::delivery
