// Brings due messages into the lanes: one claim at a time for each lane that has room. It knows lanes by their
// provider's name, learns of work by a lossy wake-up after each commit, and polls slowly to cover a lost one. What
// waits for a provider without a lane is left where it is and told of.
//
// Threads. step(), wait() and next_wakeup() belong to one thread, the dispatcher's (or a simulation). Everything else
// is safe from any thread. work_available() comes on the writer's thread.
//
// Life. Outlives the steps of the writer, whose listener it is, and of its lanes, which wake it. Lanes are shared: each
// lives until it is removed and its last claim is answered.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/heartbeat.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/wakeup.h"
#include "delivery/expiry_sweep.h"
#include "delivery/lane.h"
#include "delivery/missing_providers.h"
#include "delivery/options.h"
#include "delivery/services.h"
#include "domain/ports.h"
#include "store/store.h"

namespace herald::delivery {

// A lane as the watchdog sees it.
struct LanePulse {
  std::string provider;
  std::uint64_t progress = 0;  // as Lane::Pulse
  bool owes = false;           // it has something to do, and is free to do it
  std::chrono::nanoseconds step_under_way{0};
};

class Dispatcher final : public store::CommitListener, public domain::BreakerView {
 public:
  // How long a lane rests after a claim whose commit failed.
  static constexpr std::chrono::milliseconds kClaimRetryPause{200};

  // `reader` is borrowed and outlives the dispatcher. With options.dispatch off nothing is claimed, but what is expired
  // is still settled as such.
  Dispatcher(const Options& options, const Services& services, const store::Reader& reader);
  ~Dispatcher() override;

  // ---- The dispatcher's thread ----
  // Claims for every lane that has room and may have due work; sweeps expired messages. The first step comes after the
  // lanes of the start were added: providers that have none by then count as missing. Reads the database, never
  // blocks on a provider. False when there was nothing to do.
  bool step() HERALD_EXCLUDES(mutex_);
  // Blocks until notified, until there is something to do by the clock, or `longest`.
  void wait(std::chrono::nanoseconds longest) HERALD_EXCLUDES(mutex_);
  // How long until there is something to do without being notified; at most the expiry sweep's interval.
  std::chrono::nanoseconds next_wakeup() HERALD_EXCLUDES(mutex_);

  // ---- Any thread ----
  // kConflict when a lane of that name is there already.
  base::Status add_lane(const std::shared_ptr<Lane>& lane) HERALD_EXCLUDES(mutex_);
  // Takes a lane out that was stopped. kNotFound for an unknown name, kConflict while it is not idle.
  base::Status remove_lane(std::string_view provider) HERALD_EXCLUDES(mutex_);
  void notify() { wakeup_.notify(); }
  void work_available(const std::string& provider) override HERALD_EXCLUDES(mutex_);
  std::optional<domain::LaneView> lane(std::string_view provider) const override HERALD_EXCLUDES(mutex_);
  // Of every lane.
  std::vector<LanePulse> pulses(base::MonoTime now) const HERALD_EXCLUDES(mutex_);
  std::chrono::nanoseconds step_under_way(base::MonoTime now) const { return heartbeat_.under_way(now); }
  // As domain::LaneControl. A claim that was under way when its lane was paused is still taken and dispatched. A
  // provider that is paused is not missing, whether it has a lane or not.
  void set_paused(std::string_view provider, bool paused) HERALD_EXCLUDES(mutex_);

 private:
  // What is known of a lane's queue.
  struct Entry {
    std::shared_ptr<Lane> lane;
    bool dirty = true;                       // there may be due work
    std::optional<base::WallTime> next_due;  // of what waits, as far as it is known
    base::MonoTime next_poll;
    base::MonoTime not_before;  // after a failed claim
  };

  std::vector<std::shared_ptr<Lane>> lanes() const HERALD_EXCLUDES(mutex_);
  void look_for_missing_providers() HERALD_EXCLUDES(mutex_);
  void hear_news(const Lane& lane, const Inbox::News& news) HERALD_EXCLUDES(mutex_);
  std::chrono::nanoseconds due_in(const Lane& lane, base::MonoTime now, base::WallTime wall) HERALD_EXCLUDES(mutex_);
  // The lane may have due work at this moment; its claim, if there is one, will see all that is known of now.
  bool take_due(const Lane& lane) HERALD_EXCLUDES(mutex_);
  store::Claim claim_for(const std::shared_ptr<Lane>& lane, const Inbox::Demand& demand);
  Entry* entry_of(const Lane& lane) HERALD_REQUIRES(mutex_);
  bool may_claim_due(const Entry& entry, base::WallTime wall) const HERALD_REQUIRES(mutex_);

  // Fixed after construction.
  const Options options_;
  const Services services_;
  const store::Reader& reader_;
  base::Wakeup wakeup_;
  base::Heartbeat heartbeat_;

  // The dispatcher's thread.
  ExpirySweep sweep_;
  MissingProviders missing_;

  mutable base::Mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_ HERALD_GUARDED_BY(mutex_);
  MissingProviders::Names paused_ HERALD_GUARDED_BY(mutex_);  // with or without a lane
};

}  // namespace herald::delivery
