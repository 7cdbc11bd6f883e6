#include "providers/fault_board.h"

#include <algorithm>
#include <utility>

#include "providers/faults.h"

namespace herald::providers {

void FaultBoard::open(const std::vector<Guard*>& started) {
  const base::MutexLock lock(mutex_);
  for (Guard* const guard : started) {
    if (guard->injects_faults()) guards_.push_back(guard);
  }
  auto& own = settings_.providers;
  for (auto entry = own.begin(); entry != own.end();) {
    const bool injects = std::any_of(guards_.begin(), guards_.end(),
                                     [&entry](const Guard* guard) { return guard->name() == entry->first; });
    entry = injects ? std::next(entry) : own.erase(entry);
  }
}

domain::FaultSettings FaultBoard::settings() const {
  const base::MutexLock lock(mutex_);
  return settings_;
}

std::vector<Guard*> FaultBoard::guards() const {
  const base::MutexLock lock(mutex_);
  return guards_;
}

std::vector<std::string> FaultBoard::injectors() const {
  std::vector<std::string> names;
  for (const Guard* const guard : guards())
    names.push_back(guard->name());
  return names;
}

base::Status FaultBoard::change(domain::FaultSettings settings, const std::shared_ptr<Patience>& patience,
                                std::chrono::milliseconds timeout) {
  if (auto sound = check_faults(settings, injectors()); !sound) return sound;
  const auto former = this->settings();
  std::vector<Guard*> changed;
  for (Guard* const guard : guards()) {
    const auto profile = effective_faults(settings, guard->name()).value();  // checked above
    auto told = guard->set_faults(profile, patience, timeout);
    if (told) {
      changed.push_back(guard);
      announce(guard->name(), profile);
      continue;
    }
    log_.error("provider.faults_not_set", {{"provider_name", guard->name()}, {"error", told.error().message}});
    for (Guard* const undone : changed) {
      const auto before = effective_faults(former, undone->name()).value();  // it was in force
      if (auto restored = undone->set_faults(before, patience, timeout); restored)
        announce(undone->name(), before);
      else
        log_.error("provider.faults_not_set", {{"provider_name", undone->name()}, {"error", restored.error().message}});
    }
    told.error().code =
        told.error().code == base::ErrorCode::kUnavailable ? base::ErrorCode::kUnavailable : base::ErrorCode::kInternal;
    return told;
  }
  const base::MutexLock lock(mutex_);
  settings_ = std::move(settings);
  return {};
}

void FaultBoard::announce(const std::string& provider, const FaultProfile& profile) {
  log_.info("provider.faults_set", {{"provider_name", provider},
                                    {"timeout_pct", profile.timeout_pct.value_or(0)},
                                    {"error_pct", profile.error_pct.value_or(0)},
                                    {"ratelimit_pct", profile.ratelimit_pct.value_or(0)}});
  if (profile.seed) {
    log_.info("provider.seeded", {{"provider_name", provider}, {"seed", *profile.seed}, {"source", "operator"}});
  }
}

}  // namespace herald::providers
