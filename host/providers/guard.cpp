#include "providers/guard.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <utility>

#include "base/wakeup.h"
#include "providers/bounded_call.h"
#include "providers/outcome_copy.h"
#include "providers/reconfigure.h"

namespace herald::providers {
namespace {

using domain::OutcomeKind;
using std::chrono::nanoseconds;

// For stop and destroy, after the deadline of drain.
constexpr nanoseconds kStopGrace = std::chrono::seconds{2};
constexpr std::chrono::milliseconds kThreadAgain{10};  // after the system refused one
constexpr nanoseconds kPoolGrace = std::chrono::milliseconds{250};
// A submit of an asynchronous plugin takes microseconds; one that is not back by then blocks.
constexpr nanoseconds kPromptly = std::chrono::milliseconds{50};

}  // namespace

base::Result<std::unique_ptr<Guard>> Guard::start(Plugin plugin, const Setup& setup, const Surroundings& surroundings) {
  const auto begun =
      StartRecords::begin_in(surroundings.starts, plugin.origin, plugin.descriptor.name, StartStep::kCreate);
  if (!begun) return tl::make_unexpected(begun.error());
  const auto& attempt = *begun;
  auto instance = std::make_shared<Instance>(std::move(plugin), surroundings, setup.seed, *setup.inbound);
  // Shared with the thread that makes the calls, which may be left behind.
  const auto outcome = std::make_shared<base::Status>();
  const auto called = call_within(setup.patience, setup.start_timeout, instance->descriptor().name,
                                  [instance, outcome, attempt, config = setup.config, faults = setup.faults] {
                                    attempt->enter(StartStep::kCreate);
                                    *outcome = instance->bring_up(config, faults, *attempt);
                                    attempt->leave();
                                  });
  const bool returned = called == Called::kReturned;
  if (called == Called::kLeftBehind)
    attempt->leave_behind();
  else
    attempt->over();
  if (returned && *outcome) {
    return std::unique_ptr<Guard>(new Guard(std::move(instance), setup, surroundings));
  }
  instance->give_up();
  instance->detach();
  if (returned) return tl::make_unexpected(outcome->error());
  if (called == Called::kNotMade) return tl::make_unexpected(no_thread());
  if (setup.patience->ended()) return base::fail(base::ErrorCode::kUnavailable, "the host stops while it starts");
  return base::fail(base::ErrorCode::kUnavailable, "its create, configure and start did not return within " +
                                                       std::to_string(setup.start_timeout.count()) +
                                                       " ms; they must not wait without a bound");
}

Guard::Guard(std::shared_ptr<Instance> instance, const Setup& setup, const Surroundings& surroundings)
    : instance_(std::move(instance)),
      surroundings_(surroundings),
      pool_(instance_->descriptor().name, blocking() ? instance_->descriptor().max_in_flight : 1,
            instance_->descriptor().max_in_flight),
      webhooks_(instance_, *setup.inbound, surroundings, setup.webhook_timeout),
      config_(setup.config) {
  // Its one thread from the start, so that none of its messages finds that the system has no more.
  if (!blocking()) pool_.post([] {});
}

Guard::~Guard() {
  stop(surroundings_.clock.mono());
}

std::size_t Guard::max_batch() const {
  // A blocking plugin gets one message a call, but takes as many calls at once as it has threads.
  return blocking() ? instance_->descriptor().max_in_flight : instance_->descriptor().max_batch;
}

void Guard::submit(std::vector<domain::DispatchItem> items, domain::OutcomeSink& sink) {
  const std::size_t most = blocking() ? 1 : instance_->descriptor().max_batch;
  if (items.empty()) return;
  if (items.size() <= most) return hand_over(std::move(items), sink);
  for (std::size_t begin = 0; begin < items.size(); begin += most) {
    const auto first = items.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = first + static_cast<std::ptrdiff_t>(std::min(most, items.size() - begin));
    hand_over({std::make_move_iterator(first), std::make_move_iterator(last)}, sink);
  }
}

void Guard::hand_over(std::vector<domain::DispatchItem> items, domain::OutcomeSink& sink) {
  const auto batch = std::make_shared<Batch>(std::move(items), sink);
  const auto opened = instance_->flights().open(batch, surroundings_.clock.mono());
  if (opened != Flights::Opened::kOpened) {
    const bool full = opened == Flights::Opened::kFull;
    auto outcome = own_outcome(OutcomeKind::kError, full ? "in_flight_full" : "provider_stopped");
    outcome.unfinished = !full;
    for (std::size_t i = 0; i < batch->size(); ++i)
      sink.complete(batch->ticket(i), outcome);
    return;
  }
  if (!call(batch)) {
    auto outcome = own_outcome(OutcomeKind::kError, "no_thread_free");
    outcome.unfinished = stopping_;  // its threads have ended, or are about to
    instance_->flights().give_back(*batch, outcome);
  }
}

bool Guard::call(const std::shared_ptr<Batch>& batch) {
  if (blocking()) return pool_.post([instance = instance_, batch] { instance->submit(batch); });
  // Behind a call that hangs nobody waits: the batch is called when that has returned, or ends at its deadline.
  const bool alone = handover_->calls.fetch_add(1) == 0;
  const auto returned = std::make_shared<std::atomic<bool>>(false);
  const bool posted = pool_.post([instance = instance_, batch, returned, handover = handover_] {
    instance->submit(batch);
    --handover->calls;
    returned->store(true, std::memory_order_release);
    handover->returned.ring();
  });
  if (!posted) {
    --handover_->calls;
    return false;
  }
  if (!alone) return true;
  if (handover_->returned.wait_for(*returned, kPromptly)) {
    handover_->told = false;
    return true;
  }
  if (std::exchange(handover_->told, true)) return true;
  surroundings_.log.warn("provider.submit_blocks",
                         {{"provider_name", name()},
                          {"error",
                           "its submit has not returned within 50 ms, although it is declared asynchronous; while it "
                           "does not, this provider is called for nothing else and its messages end as timeouts"}});
  return true;
}

std::size_t Guard::calls_inside() const {
  if (blocking()) return pool_.busy();
  return handover_->calls > 0 ? max_in_flight() : 0;
}

std::string Guard::config() const {
  const base::MutexLock lock(mutex_);
  return config_;
}

base::Status Guard::configure(const std::string& json, const std::shared_ptr<Patience>& patience,
                              std::chrono::milliseconds timeout) {
  auto changed = reconfigure(instance_, json, config(), patience, timeout);
  if (!changed) return changed;
  const base::MutexLock lock(mutex_);
  config_ = json;
  return {};
}

base::Status Guard::set_faults(const FaultProfile& profile, const std::shared_ptr<Patience>& patience,
                               std::chrono::milliseconds timeout) {
  return change_faults(instance_, profile, patience, timeout);
}

bool Guard::quiet() const {
  return instance_->flights().in_flight() == 0 && calls_inside() == 0 && webhooks_.quiet();
}

bool Guard::wind_down(base::MonoTime deadline) {
  const auto clean = std::make_shared<std::atomic<bool>>(false);
  const auto body = [instance = instance_, deadline, clean] { *clean = instance->wind_down(deadline); };
  const auto latest = deadline + kStopGrace;
  while (true) {
    const auto now = surroundings_.clock.mono();
    const nanoseconds left = std::max<nanoseconds>(deadline - now, nanoseconds::zero());
    const auto called = call_within(left + kStopGrace, name(), body);
    if (called != Called::kNotMade) return called == Called::kReturned && *clean;
    if (now >= latest) return false;
    base::Wakeup().wait_for(kThreadAgain);  // others end meanwhile, and with them their threads
  }
}

bool Guard::stop(base::MonoTime deadline, Ending ending) {
  if (std::exchange(stopped_, true)) return true;
  stopping_ = true;
  bool stopped = wind_down(deadline);
  if (!stopped) instance_->give_up();
  pool_.close(kPoolGrace);  // when abandoned, the idle threads still end; those in a call do not
  stopped = webhooks_.close(kPoolGrace) && stopped;
  instance_->flights().close(!stopped, ending == Ending::kHostStops);
  if (stopped) {
    surroundings_.log.info("provider.stopped", {{"provider_name", name()}});
  } else {
    surroundings_.log.error("provider.abandoned",
                            {{"provider_name", name()},
                             {"error",
                              "a call into it has not come back, so it cannot be stopped; it is left as it is, "
                              "and the messages that it had may be sent again"}});
  }
  instance_->detach();
  return stopped;
}

}  // namespace herald::providers
