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
      last_look_(next_look_),
      awake_since_(next_look_),
      wall_ahead_(wall_ahead(services.clock.wall(), next_look_)) {}

bool Watchdog::step() {
  const base::MonoTime now = services_.clock.mono();
  if (now < next_look_) return false;
  next_look_ = now + kInterval;
  look_at_itself(now);
  look_at_clocks(now);
  writer_.still = while_awake(services_.writer.step_under_way(now), now);
  dispatching_.still = while_awake(dispatcher_.step_under_way(now), now);
  look_at_lanes(now);
  publish();
  tell_changes();
  return true;
}

void Watchdog::wait(nanoseconds longest) {
  wakeup_.wait_for(std::clamp<nanoseconds>(next_look_ - services_.clock.mono(), nanoseconds::zero(), longest));
}

std::vector<std::string> Watchdog::stalled_providers() const {
  const base::MutexLock lock(mutex_);
  return stalled_providers_;
}

void Watchdog::look_at_itself(base::MonoTime now) {
  const nanoseconds since = now - std::exchange(last_look_, now);
  if (since >= kStandstill) awake_since_ = now;
}

nanoseconds Watchdog::while_awake(nanoseconds still, base::MonoTime now) const {
  return std::min<nanoseconds>(still, now - awake_since_);
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

void Watchdog::look_at_lanes(base::MonoTime now) {
  const auto pulses = dispatcher_.pulses(now);
  forget_what_left(pulses);
  for (const LanePulse& pulse : pulses) {
    Watched& lane = lanes_[pulse.provider];
    lane.still = while_awake(std::max(without_progress(lane, pulse, now), pulse.step_under_way), now);
  }
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

// Before the lines: who reads one and asks at once must find what it says.
void Watchdog::publish() {
  services_.metrics.writer_stalled_seconds.set(whole_seconds(writer_.still));
  services_.metrics.dispatcher_stalled_seconds.set(whole_seconds(dispatching_.still));
  writer_stalled_.store(stalls(writer_), std::memory_order_relaxed);
  dispatcher_stalled_.store(stalls(dispatching_), std::memory_order_relaxed);
  std::vector<std::string> providers;
  for (const auto& [provider, lane] : lanes_) {
    services_.metrics.provider(provider).stalled_seconds.set(whole_seconds(lane.still));
    if (stalls(lane)) providers.push_back(provider);
  }
  const base::MutexLock lock(mutex_);
  stalled_providers_ = std::move(providers);
}

void Watchdog::tell_changes() {
  tell_change(writer_, "writer");
  tell_change(dispatching_, "dispatcher");
  for (auto& [provider, lane] : lanes_)
    tell_change(lane, "lane-" + provider);
}

void Watchdog::tell_change(Watched& watched, const std::string& what) {
  if (stalls(watched) == watched.stalled) return;
  watched.stalled = !watched.stalled;
  if (watched.stalled) {
    services_.log.error("watchdog.stalled", {{"what", what}, {"seconds", whole_seconds(watched.still)}});
  } else {
    services_.log.info("watchdog.moving", {{"what", what}});
  }
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
