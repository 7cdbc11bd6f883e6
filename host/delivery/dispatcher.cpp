#include "delivery/dispatcher.h"

#include <algorithm>
#include <utility>

namespace herald::delivery {

using std::chrono::nanoseconds;

Dispatcher::Dispatcher(const Options& options, const Services& services, const store::Reader& reader)
    : options_(options),
      services_(services),
      reader_(reader),
      sweep_(services, reader),
      missing_(services, reader, options.poll_interval) {}

Dispatcher::~Dispatcher() {
  for (const auto& lane : lanes())
    lane->inbox().set_claimer(nullptr);
}

bool Dispatcher::step() {
  const base::Heartbeat::Step beat(heartbeat_, services_.clock);
  bool progressed = sweep_.step();
  if (!options_.dispatch) return progressed;
  look_for_missing_providers();

  std::vector<store::Command> claims;
  for (const auto& lane : lanes()) {
    hear_news(*lane, lane->inbox().take_news());
    // Asked in this order because a demand that was taken must be claimed for.
    if (!lane->inbox().has_demand() || !take_due(*lane)) continue;
    const auto demand = lane->inbox().take_demand();
    if (demand.limit > 0)
      claims.emplace_back(claim_for(lane, demand));
    else
      work_available(lane->name());
  }
  if (claims.empty()) return progressed;
  services_.writer.submit(std::move(claims));
  return true;
}

void Dispatcher::wait(nanoseconds longest) {
  wakeup_.wait_for(std::min(next_wakeup(), longest));
}

nanoseconds Dispatcher::next_wakeup() {
  const base::MonoTime now = services_.clock.mono();
  const base::WallTime wall = services_.clock.wall();
  nanoseconds next = sweep_.next_at() - now;
  if (options_.dispatch) {
    next = std::min<nanoseconds>(next, missing_.next_at() - now);
    for (const auto& lane : lanes()) {
      // A lane without demand will notify once it has some.
      if (lane->inbox().has_demand()) next = std::min(next, due_in(*lane, now, wall));
    }
  }
  return std::max(nanoseconds::zero(), next);
}

base::Status Dispatcher::add_lane(const std::shared_ptr<Lane>& lane) {
  const std::string name = lane->name();
  {
    const base::MutexLock lock(mutex_);
    const auto [place, added] = entries_.try_emplace(name);
    if (!added) {
      return base::fail(base::ErrorCode::kConflict,
                        "a lane for provider \"" + name + "\" runs already; stop and remove it first");
    }
    place->second.lane = lane;
    place->second.next_poll = services_.clock.mono();
  }
  lane->inbox().set_claimer(&wakeup_);
  lane->notify();
  wakeup_.notify();
  return {};
}

base::Status Dispatcher::remove_lane(std::string_view provider) {
  std::shared_ptr<Lane> removed;
  {
    const base::MutexLock lock(mutex_);
    const auto place = entries_.find(provider);
    if (place == entries_.end()) {
      return base::fail(base::ErrorCode::kNotFound, "no lane for provider \"" + std::string(provider) + "\"");
    }
    if (!place->second.lane->inbox().stopped()) {
      return base::fail(base::ErrorCode::kConflict, "the lane of provider \"" + std::string(provider) +
                                                        "\" still has work; stop it and wait until it is idle");
    }
    removed = std::move(place->second.lane);
    entries_.erase(place);
  }
  removed->inbox().set_claimer(nullptr);
  return {};
}

void Dispatcher::work_available(const std::string& provider) {
  {
    const base::MutexLock lock(mutex_);
    const auto place = entries_.find(provider);
    if (place == entries_.end() || place->second.dirty) return;
    place->second.dirty = true;
  }
  wakeup_.notify();
}

std::optional<domain::LaneView> Dispatcher::lane(std::string_view provider) const {
  std::shared_ptr<Lane> found;
  bool paused = false;
  {
    const base::MutexLock lock(mutex_);
    const auto place = entries_.find(provider);
    if (place == entries_.end()) return std::nullopt;
    found = place->second.lane;
    paused = paused_.count(provider) > 0;
  }
  auto view = found->view();
  view.paused = paused;
  return view;
}

std::vector<LanePulse> Dispatcher::pulses(base::MonoTime now) const {
  std::vector<LanePulse> found;
  const auto queues = reader_.queue_depths();
  const auto waits = [&queues](const std::string& provider, domain::ChannelSet channels) {
    return queues && std::any_of(queues->begin(), queues->end(), [&provider, channels](const store::QueueDepth& queue) {
             return queue.provider == provider && queue.waiting_in_any(channels);
           });
  };
  const base::WallTime wall = services_.clock.wall();
  const base::MutexLock lock(mutex_);
  found.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) {
    const Lane::Pulse pulse = entry.lane->pulse();
    const bool has_work = pulse.unsettled || entry.lane->inbox().claim_under_way() ||
                          (may_claim_due(entry, wall) && waits(name, entry.lane->view().channels));
    LanePulse seen;
    seen.provider = name;
    seen.progress = pulse.progress;
    seen.owes = has_work && !pulse.held && !pulse.calls_out && paused_.count(name) == 0;
    seen.step_under_way = entry.lane->step_under_way(now);
    found.push_back(std::move(seen));
  }
  return found;
}

// As far as it is known without a claim.
bool Dispatcher::may_claim_due(const Entry& entry, base::WallTime wall) const {
  return options_.dispatch && (entry.dirty || (entry.next_due && *entry.next_due <= wall));
}

void Dispatcher::set_paused(std::string_view provider, bool paused) {
  {
    const base::MutexLock lock(mutex_);
    if (paused) {
      paused_.emplace(provider);
      return;
    }
    const auto held = paused_.find(provider);
    if (held == paused_.end()) return;
    paused_.erase(held);
    // What is due by now must not wait for the next poll.
    if (const auto place = entries_.find(provider); place != entries_.end()) place->second.dirty = true;
  }
  wakeup_.notify();
}

std::vector<std::shared_ptr<Lane>> Dispatcher::lanes() const {
  std::vector<std::shared_ptr<Lane>> found;
  const base::MutexLock lock(mutex_);
  found.reserve(entries_.size());
  for (const auto& [name, entry] : entries_)
    found.push_back(entry.lane);
  return found;
}

void Dispatcher::look_for_missing_providers() {
  if (services_.clock.mono() < missing_.next_at()) return;
  MissingProviders::Served served;
  MissingProviders::Names paused;
  {
    const base::MutexLock lock(mutex_);
    for (const auto& [name, entry] : entries_)
      served.emplace(name, entry.lane->view().channels);
    paused = paused_;
  }
  missing_.look(served, paused);
}

void Dispatcher::hear_news(const Lane& lane, const Inbox::News& news) {
  if (!news.due_at && !news.claim_failed) return;
  const base::MutexLock lock(mutex_);
  Entry* entry = entry_of(lane);
  if (entry == nullptr) return;
  // What the lane put back may be due before what the claim left, so the earlier of the two counts.
  if (news.due_at) entry->next_due = entry->next_due ? std::min(*entry->next_due, *news.due_at) : *news.due_at;
  if (news.claim_failed) {
    entry->dirty = true;
    entry->not_before = services_.clock.mono() + kClaimRetryPause;
  }
}

nanoseconds Dispatcher::due_in(const Lane& lane, base::MonoTime now, base::WallTime wall) {
  const base::MutexLock lock(mutex_);
  const Entry* entry = entry_of(lane);
  if (entry == nullptr || paused_.count(lane.name()) > 0) return nanoseconds::max();
  nanoseconds due = entry->next_poll - now;
  if (entry->next_due) due = std::min<nanoseconds>(due, *entry->next_due - wall);
  if (entry->dirty) due = nanoseconds::zero();
  return std::max<nanoseconds>(due, entry->not_before - now);
}

bool Dispatcher::take_due(const Lane& lane) {
  const base::MonoTime now = services_.clock.mono();
  if (due_in(lane, now, services_.clock.wall()) > nanoseconds::zero()) return false;
  const base::MutexLock lock(mutex_);
  Entry* entry = entry_of(lane);
  if (entry == nullptr) return false;
  entry->dirty = false;
  entry->next_due.reset();
  entry->next_poll = now + options_.poll_interval;
  return true;
}

store::Claim Dispatcher::claim_for(const std::shared_ptr<Lane>& lane, const Inbox::Demand& demand) {
  store::Claim claim;
  claim.provider = lane->name();
  claim.channels = demand.channels;
  claim.limit = demand.limit;
  claim.now = services_.clock.wall();
  claim.done = [lane](base::Result<store::Claimed> answer) { lane->inbox().answer_claim(std::move(answer)); };
  return claim;
}

Dispatcher::Entry* Dispatcher::entry_of(const Lane& lane) {
  const auto place = entries_.find(lane.name());
  return place == entries_.end() || place->second.lane.get() != &lane ? nullptr : &place->second;
}

}  // namespace herald::delivery
