// Where a lane meets the other threads: what came for it, and how much work it would take. A leaf lock; nothing is
// called while it is held.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/wakeup.h"
#include "domain/ports.h"
#include "store/store.h"

namespace herald::delivery {

class Inbox {
 public:
  struct Completion {
    domain::Ticket ticket = 0;
    domain::Outcome outcome;
    base::MonoTime at;
  };

  // The store's answer to one command of the lane.
  struct Ack {
    std::uint64_t serial = 0;                                 // the lane's name for the command
    base::Result<std::vector<store::ExpiredMessage>> result;  // of an Expire; of the others empty
  };

  struct Content {
    std::vector<Completion> completions;
    std::vector<Ack> acks;
    std::optional<base::Result<store::Claimed>> claim;
    bool stopping = false;
    bool leaving = false;  // stopping, while the host goes on

    bool empty() const { return completions.empty() && acks.empty() && !claim; }
  };

  // What the lane says about itself at the end of a step.
  struct Offer {
    std::size_t demand = 0;                // messages that it could take
    std::optional<base::WallTime> due_at;  // it put messages back that are due from then on; nothing: it did not
    bool quiet = true;                     // nothing is in flight and the store has everything
    domain::ChannelSet channels = domain::ChannelSet::all();  // of what it could take
  };

  // What a claim is to ask for.
  struct Demand {
    std::size_t limit = 0;  // 0: begin no claim
    domain::ChannelSet channels;
  };

  // What the dispatcher has to know of the lane's queue; gathers until it is taken.
  struct News {
    std::optional<base::WallTime> due_at;  // something is due from then on
    bool claim_failed = false;
  };

  // ---- Any thread ----
  void complete(Completion completion) HERALD_EXCLUDES(mutex_);
  void acknowledge(Ack ack) HERALD_EXCLUDES(mutex_);
  // The answer to the claim that take_demand() began.
  void answer_claim(base::Result<store::Claimed> claimed) HERALD_EXCLUDES(mutex_);
  // From here on there is no demand, so that no new claim begins.
  void begin_stop() HERALD_EXCLUDES(mutex_);
  // The same for a lane that is taken away while the host goes on; a begin_stop() that follows overrides it.
  void begin_leave() HERALD_EXCLUDES(mutex_);
  // Nothing in flight, nothing unsettled, no claim under way, nothing unread.
  bool idle() const HERALD_EXCLUDES(mutex_);
  // Idle, and will stay so.
  bool stopped() const HERALD_EXCLUDES(mutex_);
  void notify() { wakeup_.notify(); }

  // ---- The lane's thread ----
  // Moves what has come into `content`, whose vectors are reused; the claim counts as answered from here on.
  void take(Content& content) HERALD_EXCLUDES(mutex_);
  // Moves only the completions, so that those which came from inside a submit are settled by the same step.
  void take_completions(std::vector<Completion>& completions) HERALD_EXCLUDES(mutex_);
  void publish(const Offer& offer) HERALD_EXCLUDES(mutex_);
  bool claim_under_way() const HERALD_EXCLUDES(mutex_);
  void wait(std::chrono::nanoseconds timeout) { wakeup_.wait_for(timeout); }

  // ---- The dispatcher's thread ----
  // Notified when there is demand or work that there was not before. Borrowed until it is set to null.
  void set_claimer(base::Wakeup* claimer) HERALD_EXCLUDES(mutex_);
  // The demand, which is then spoken for: until answer_claim() has been read there is none.
  Demand take_demand() HERALD_EXCLUDES(mutex_);
  bool has_demand() const HERALD_EXCLUDES(mutex_);
  News take_news() HERALD_EXCLUDES(mutex_);

 private:
  void note_due(const std::optional<base::WallTime>& due_at) HERALD_REQUIRES(mutex_);
  std::size_t open_demand() const HERALD_REQUIRES(mutex_);
  bool is_idle() const HERALD_REQUIRES(mutex_);

  base::Wakeup wakeup_;  // the lane's

  mutable base::Mutex mutex_;
  Content content_ HERALD_GUARDED_BY(mutex_);
  Offer offer_ HERALD_GUARDED_BY(mutex_);
  News news_ HERALD_GUARDED_BY(mutex_);
  bool claim_under_way_ HERALD_GUARDED_BY(mutex_) = false;
  bool stopping_ HERALD_GUARDED_BY(mutex_) = false;
  bool leaving_ HERALD_GUARDED_BY(mutex_) = false;
  base::Wakeup* claimer_ HERALD_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace herald::delivery
