#include "app/lanes.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "base/random.h"

namespace herald::app {
namespace {

constexpr std::chrono::milliseconds kIdlePoll{2};

base::Error unknown(std::string_view provider) {
  return {base::ErrorCode::kNotFound, "the provider " + std::string(provider) + " has no lane"};
}

}  // namespace

Lanes::Lanes(delivery::Dispatcher& dispatcher, const delivery::Options& options, const delivery::Services& services)
    : dispatcher_(dispatcher), options_(options), services_(services) {}

Lanes::~Lanes() = default;

base::Status Lanes::attach(domain::ProviderPort& port) {
  const base::MutexLock lock(mutex_);
  if (stopping_) return base::fail(base::ErrorCode::kUnavailable, "the host is being stopped");
  Entry entry;
  entry.lane = std::make_shared<delivery::Lane>(port, options_, services_, base::entropy_seed());
  const std::string& name = entry.lane->name();
  try {
    entry.loop = std::make_unique<Loop<delivery::Lane>>("lane-" + name, *entry.lane);
  } catch (const std::system_error& error) {
    return base::fail(base::ErrorCode::kUnavailable,
                      "the system gives no thread for its lane: " + error.code().message() +
                          "; raise the limit of processes and threads");
  }
  if (auto added = dispatcher_.add_lane(entry.lane); !added) return added;
  entries_.insert_or_assign(name, std::move(entry));
  return {};
}

void Lanes::begin_detach(std::string_view provider) {
  const base::MutexLock lock(mutex_);
  const auto place = entries_.find(provider);
  if (place != entries_.end() && !stopping_) place->second.lane->begin_leave();
}

bool Lanes::idle(std::string_view provider) const {
  const base::MutexLock lock(mutex_);
  const auto place = entries_.find(provider);
  return place == entries_.end() || place->second.lane->idle();
}

base::Status Lanes::detach(std::string_view provider, std::chrono::milliseconds bound) {
  Entry entry;
  {
    const base::MutexLock lock(mutex_);
    const auto place = entries_.find(provider);
    if (place == entries_.end()) return tl::make_unexpected(unknown(provider));
    if (ending_) return base::fail(base::ErrorCode::kConflict, "the host ends all lanes");
    if (auto removed = dispatcher_.remove_lane(provider); !removed) return removed;
    entry = std::move(place->second);
    entries_.erase(place);
    ++detaching_;
  }
  const bool ended = entry.loop->stop_within(bound);
  const base::MutexLock lock(mutex_);
  --detaching_;
  changed_.notify_all();
  if (ended) return {};
  held_up_.push_back(std::move(entry));
  return base::fail(base::ErrorCode::kUnavailable,
                    "the thread of the lane of " + std::string(provider) + " did not end in time");
}

std::vector<std::shared_ptr<delivery::Lane>> Lanes::lanes() const {
  std::vector<std::shared_ptr<delivery::Lane>> found;
  const base::MutexLock lock(mutex_);
  found.reserve(entries_.size());
  for (const auto& [name, entry] : entries_)
    found.push_back(entry.lane);
  return found;
}

void Lanes::drain(std::chrono::milliseconds bound) {
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
  }
  for (const auto& lane : lanes())
    lane->begin_stop();
  const auto deadline = services_.clock.mono() + bound;
  const auto all_idle = [this] {
    const auto here = lanes();
    return std::all_of(here.begin(), here.end(), [](const auto& lane) { return lane->idle(); });
  };
  while (!all_idle() && services_.clock.mono() < deadline)
    std::this_thread::sleep_for(kIdlePoll);
  for (const auto& lane : lanes()) {
    if (lane->idle()) continue;
    services_.log.warn("lane.not_drained", {{"provider_name", lane->name()}, {"in_flight", lane->view().in_flight}});
  }
}

bool Lanes::end(std::chrono::milliseconds bound) {
  std::vector<Loop<delivery::Lane>*> loops;
  bool ended = true;
  {
    const base::MutexLock lock(mutex_);
    ending_ = true;  // no loop is taken out of the map any more
    while (detaching_ > 0)
      changed_.wait(mutex_);  // each for its bound at most
    ended = held_up_.empty();
    for (const auto& [name, entry] : entries_)
      loops.push_back(entry.loop.get());
  }
  for (auto* const loop : loops)
    loop->request_stop();
  const auto deadline = services_.clock.mono() + bound;
  for (auto* const loop : loops) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - services_.clock.mono());
    ended = loop->stop_within(std::max(left, std::chrono::milliseconds{0})) && ended;
  }
  return ended;
}

void Lanes::settle_last(std::chrono::milliseconds bound) {
  const auto deadline = services_.clock.mono() + bound;
  for (const auto& lane : lanes()) {
    while ((lane->step() || !lane->idle()) && services_.clock.mono() < deadline)
      std::this_thread::sleep_for(kIdlePoll);
  }
}

}  // namespace herald::app
