// Versions and providers on their way out: each drains on a thread of its own, so that a slow one holds up neither a
// change of an operator's nor the next upgrade. Where the system has no thread to give, one thread that is there from
// the beginning sees to them in turn.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/worker.h"
#include "domain/ports.h"
#include "providers/guard.h"
#include "providers/options.h"
#include "providers/provider_slot.h"
#include "providers/surroundings.h"

namespace herald::providers {

// replace and remove are called by one control thread; hurry and finish afterwards by another, once each.
class Retirement {
 public:
  // All are borrowed and outlive this object.
  Retirement(const Options& options, const Surroundings& surroundings);
  // Hurries, when that has not been done.
  ~Retirement();
  Retirement(const Retirement&) = delete;
  Retirement& operator=(const Retirement&) = delete;

  // `former` was replaced in its slot: it finishes what it has, up to the drain timeout, and is then stopped and
  // destroyed. What it does not complete ends as timeouts.
  void replace(std::shared_ptr<Guard> former);

  // The provider of the slot goes, whose lane has begun to detach: once the lane is idle its guard is stopped as above,
  // then the lane ends, after every version that was replaced before it. `gone`, called on the retiring thread, says
  // that both have; it is called again, after a pause, for as long as it returns false. Not called when the host stops
  // first. `lanes` outlives this object.
  void remove(std::shared_ptr<ProviderSlot> slot, domain::LaneControl& lanes, std::function<bool()> gone);

  // The host stops: nothing is waited for any more, and every guard is stopped by `deadline`. What it does not complete
  // stays uncertain.
  void hurry(base::MonoTime deadline) HERALD_EXCLUDES(mutex_);
  // Joins the threads, after hurry. How many guards held up their stop and were left behind since the
  // beginning, and how many lanes did not end: the process may not destroy what their threads still use.
  std::size_t finish();

  // Guards that are on their way out at this moment.
  std::size_t under_way() const HERALD_EXCLUDES(mutex_);

 private:
  struct Thread {
    std::shared_ptr<std::atomic<bool>> ended;
    base::Worker worker;
  };

  void run(std::function<void()> body) HERALD_EXCLUDES(mutex_);
  void take_turns() HERALD_EXCLUDES(mutex_);
  // False when the host stops.
  bool pause() HERALD_EXCLUDES(mutex_);
  bool hurried() const HERALD_EXCLUDES(mutex_);
  bool has_replaced(const std::string& name) const HERALD_EXCLUDES(mutex_);
  void end(std::shared_ptr<Guard> guard) HERALD_EXCLUDES(mutex_);
  void see_off(const std::shared_ptr<ProviderSlot>& held, domain::LaneControl& lanes, const std::function<bool()>& gone)
      HERALD_EXCLUDES(mutex_);

  const Options& options_;
  const Surroundings surroundings_;

  mutable base::Mutex mutex_;
  base::Condition changed_;
  bool hurried_ HERALD_GUARDED_BY(mutex_) = false;
  base::MonoTime deadline_ HERALD_GUARDED_BY(mutex_);
  std::size_t under_way_ HERALD_GUARDED_BY(mutex_) = 0;
  // Versions of each name that were replaced and have not ended: its lane is where they complete to.
  std::map<std::string, std::size_t> replaced_ HERALD_GUARDED_BY(mutex_);
  // Their threads are inside them, so they live until the process ends.
  std::vector<std::shared_ptr<Guard>> left_behind_ HERALD_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<ProviderSlot>> held_up_ HERALD_GUARDED_BY(mutex_);  // by their lanes' threads

  std::deque<std::function<void()>> in_turn_ HERALD_GUARDED_BY(mutex_);
  bool finished_ HERALD_GUARDED_BY(mutex_) = false;

  base::Worker reserve_;       // for what finds no thread of its own
  std::list<Thread> threads_;  // the control thread's; last: they use what stands above
};

}  // namespace herald::providers
