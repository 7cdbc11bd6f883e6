#include "providers/retirement.h"

#include <chrono>
#include <string>
#include <system_error>
#include <utility>

namespace herald::providers {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPoll{5};
// For drain and stop, once nothing is in flight or no more time is given to it.
constexpr milliseconds kStop{1'000};
constexpr milliseconds kEndLane{1'000};

bool is_busy(const base::Status& detached) {
  return !detached && detached.error().code == base::ErrorCode::kConflict;
}

}  // namespace

Retirement::Retirement(const Options& options, const Surroundings& surroundings)
    : options_(options), surroundings_(surroundings), reserve_("provider-drain", [this] { take_turns(); }) {}

Retirement::~Retirement() {
  hurry(surroundings_.clock.mono());
  finish();
}

void Retirement::replace(std::shared_ptr<Guard> former) {
  // Handed from one owner to the next, since the last one but this is what end() waits for.
  const auto handed = std::make_shared<std::shared_ptr<Guard>>(std::move(former));
  const std::string name = (*handed)->name();
  {
    const base::MutexLock lock(mutex_);
    ++replaced_[name];
  }
  run([this, handed, name] {
    end(std::move(*handed));
    const base::MutexLock lock(mutex_);
    if (--replaced_[name] == 0) replaced_.erase(name);
  });
}

void Retirement::remove(std::shared_ptr<ProviderSlot> slot, domain::LaneControl& lanes, std::function<bool()> gone) {
  run([this, slot = std::move(slot), &lanes, gone = std::move(gone)] { see_off(slot, lanes, gone); });
}

void Retirement::see_off(const std::shared_ptr<ProviderSlot>& held, domain::LaneControl& lanes,
                         const std::function<bool()>& gone) {
  ProviderSlot& slot = *held;
  const auto slow = surroundings_.clock.mono() + options_.drain_timeout;
  bool told = false;
  while (!lanes.idle(slot.name())) {
    // Its lane ends every call by itself, unless a plugin holds its thread or the store takes nothing.
    if (!told && surroundings_.clock.mono() >= slow) {
      told = true;
      surroundings_.log.warn("provider.removal_waits",
                             {{"provider_name", slot.name()}, {"error", "its lane still has messages"}});
    }
    if (!pause()) break;
  }
  if (hurried()) {
    // The lane is not ended, and settles what comes of this.
    if (auto guard = slot.guard()) end(std::move(guard));
    return;
  }
  if (auto guard = slot.replace(nullptr)) end(std::move(guard));
  // Versions before it may still complete into the lane, which must be there for that.
  while (has_replaced(slot.name())) {
    if (!pause()) return;
  }
  // What came of their stop, the lane has to settle first.
  base::Status detached;
  while (is_busy(detached = lanes.detach(slot.name(), kEndLane))) {
    if (!pause()) return;
  }
  if (!detached && detached.error().code == base::ErrorCode::kUnavailable) {
    // Its lane's thread has not ended, and may still look at the slot.
    const base::MutexLock lock(mutex_);
    held_up_.push_back(held);
  }
  while (!gone()) {
    if (!pause()) return;
  }
}

void Retirement::end(std::shared_ptr<Guard> guard) {
  const auto latest = surroundings_.clock.mono() + options_.drain_timeout;
  // Nobody else finds it any more. Those who had found it before hand over what they have first, so that neither a
  // message nor a webhook is turned away; then it finishes what it has.
  while ((guard.use_count() > 1 || !guard->quiet()) && surroundings_.clock.mono() < latest && pause()) {
  }
  bool hurrying = false;
  base::MonoTime deadline = surroundings_.clock.mono() + kStop;
  {
    const base::MutexLock lock(mutex_);
    hurrying = hurried_;
    if (hurrying) deadline = deadline_;
  }
  if (guard->stop(deadline, hurrying ? Guard::Ending::kHostStops : Guard::Ending::kRetired)) return;
  const base::MutexLock lock(mutex_);
  left_behind_.push_back(std::move(guard));
}

void Retirement::run(std::function<void()> body) {
  threads_.remove_if([](const Thread& thread) { return thread.ended->load(std::memory_order_acquire); });
  {
    const base::MutexLock lock(mutex_);
    ++under_way_;
  }
  const auto ended = std::make_shared<std::atomic<bool>>(false);
  const auto whole = [this, ended, body = std::move(body)] {
    body();
    {
      const base::MutexLock lock(mutex_);
      --under_way_;
    }
    ended->store(true, std::memory_order_release);
  };
  try {
    threads_.push_back({ended, base::Worker("provider-drain", whole)});
  } catch (const std::system_error&) {
    const base::MutexLock lock(mutex_);
    in_turn_.push_back(whole);
    changed_.notify_all();
  }
}

// Until finish() has been called and everything has had its turn.
void Retirement::take_turns() {
  while (true) {
    std::function<void()> next;
    {
      const base::MutexLock lock(mutex_);
      while (in_turn_.empty() && !finished_)
        changed_.wait(mutex_);
      if (in_turn_.empty()) return;
      next = std::move(in_turn_.front());
      in_turn_.pop_front();
    }
    next();
  }
}

bool Retirement::pause() {
  const base::MutexLock lock(mutex_);
  if (!hurried_) changed_.wait_for(mutex_, kPoll);
  return !hurried_;
}

bool Retirement::has_replaced(const std::string& name) const {
  const base::MutexLock lock(mutex_);
  return replaced_.count(name) > 0;
}

bool Retirement::hurried() const {
  const base::MutexLock lock(mutex_);
  return hurried_;
}

void Retirement::hurry(base::MonoTime deadline) {
  const base::MutexLock lock(mutex_);
  if (hurried_) return;
  hurried_ = true;
  deadline_ = deadline;
  changed_.notify_all();
}

std::size_t Retirement::finish() {
  threads_.clear();
  {
    const base::MutexLock lock(mutex_);
    finished_ = true;
    changed_.notify_all();
  }
  reserve_.join();
  const base::MutexLock lock(mutex_);
  return left_behind_.size() + held_up_.size();
}

std::size_t Retirement::under_way() const {
  const base::MutexLock lock(mutex_);
  return under_way_;
}

}  // namespace herald::providers
