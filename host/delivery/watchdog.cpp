#include "delivery/watchdog.h"

#include <algorithm>
#include <utility>

namespace herald::delivery {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using std::chrono::seconds;

namespace {

std::int64_t whole_seconds(nanoseconds time) {
  return duration_cast<seconds>(time).count();
}

nanoseconds wall_ahead(base::WallTime wall, base::MonoTime mono) {
  return nanoseconds{wall.time_since_epoch()} - mono.time_since_epoch();
}

}  // namespace

Watchdog::Watchdog(const Options& options, const Services& services, const Dispatcher& dispatcher)
    : limit_(options.stall_after),
      services_(services),
      dispatcher_(dispatcher),
      next_look_(services.clock.mono()),
      wall_ahead_(wall_ahead(services.clock.wall(), next_look_)) {}

bool Watchdog::step() {
  const base::MonoTime now = services_.clock.mono();
  if (now < next_look_) return false;
  next_look_ = now + kInterval;
  look_at_clocks(now);
  const nanoseconds writer = services_.writer.step_under_way(now);
  const nanoseconds dispatcher = dispatcher_.step_under_way(now);
  services_.metrics.writer_stalled_seconds.set(whole_seconds(writer));
  services_.metrics.dispatcher_stalled_seconds.set(whole_seconds(dispatcher));
  writer_stalled_.store(judge(writer_, "writer", writer), std::memory_order_relaxed);
  dispatcher_stalled_.store(judge(dispatching_, "dispatcher", dispatcher), std::memory_order_relaxed);
  auto providers = look_at_lanes(now);
  const base::MutexLock lock(mutex_);
  stalled_providers_ = std::move(providers);
  return true;
}

void Watchdog::wait(nanoseconds longest) {
  wakeup_.wait_for(std::clamp<nanoseconds>(next_look_ - services_.clock.mono(), nanoseconds::zero(), longest));
}

std::vector<std::string> Watchdog::stalled_providers() const {
  const base::MutexLock lock(mutex_);
  return stalled_providers_;
}

void Watchdog::look_at_clocks(base::MonoTime now) {
  const nanoseconds ahead = wall_ahead(services_.clock.wall(), now);
  const nanoseconds jump = ahead - std::exchange(wall_ahead_, ahead);
  if (jump > -kLeastJump && jump < kLeastJump) return;
  const char* const effect = jump < nanoseconds::zero() ? "what waits is due and expires later by as much"
                                                        : "what waits is due and expires sooner by as much";
  services_.log.warn("watchdog.clock_set",
                     {{"ms", duration_cast<std::chrono::milliseconds>(jump).count()}, {"effect", effect}});
}

std::vector<std::string> Watchdog::look_at_lanes(base::MonoTime now) {
  std::vector<std::string> found;
  const auto pulses = dispatcher_.pulses(now);
  forget_what_left(pulses);
  for (const LanePulse& pulse : pulses) {
    Watched& lane = lanes_[pulse.provider];
    const nanoseconds still = std::max(without_progress(lane, pulse, now), pulse.step_under_way);
    services_.metrics.provider(pulse.provider).stalled_seconds.set(whole_seconds(still));
    if (judge(lane, "lane-" + pulse.provider, still)) found.push_back(pulse.provider);
  }
  return found;
}

nanoseconds Watchdog::without_progress(Watched& lane, const LanePulse& pulse, base::MonoTime now) const {
  const bool moved = std::exchange(lane.progress, pulse.progress) != pulse.progress;
  // A store that does not commit holds every lane, and is told of by itself.
  if (!pulse.owes || !services_.writer.healthy()) {
    lane.owes_since.reset();
  } else if (moved || !lane.owes_since) {
    lane.owes_since = now;
  }
  return lane.owes_since ? now - *lane.owes_since : nanoseconds::zero();
}

bool Watchdog::judge(Watched& watched, const std::string& what, nanoseconds still) {
  const bool stalls = still >= limit_;
  if (stalls && !watched.stalled) {
    services_.log.error("watchdog.stalled", {{"what", what}, {"seconds", whole_seconds(still)}});
  } else if (!stalls && watched.stalled) {
    services_.log.info("watchdog.moving", {{"what", what}});
  }
  watched.stalled = stalls;
  return stalls;
}

void Watchdog::forget_what_left(const std::vector<LanePulse>& pulses) {
  for (auto at = lanes_.begin(); at != lanes_.end();) {
    const auto is_it = [&at](const LanePulse& pulse) { return pulse.provider == at->first; };
    if (std::any_of(pulses.begin(), pulses.end(), is_it)) {
      ++at;
      continue;
    }
    services_.metrics.provider(at->first).stalled_seconds.set(0);
    if (at->second.stalled) services_.log.info("watchdog.left", {{"what", "lane-" + at->first}});
    at = lanes_.erase(at);
  }
}

}  // namespace herald::delivery
