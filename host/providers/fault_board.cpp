#include "providers/fault_board.h"

#include <iterator>
#include <utility>

#include "providers/faults.h"

namespace herald::providers {

void FaultBoard::take(const std::shared_ptr<Guard>& guard) {
  const base::MutexLock lock(mutex_);
  if (guard->injects_faults())
    guards_[guard->name()] = guard;
  else
    guards_.erase(guard->name());
}

void FaultBoard::drop(const std::string& provider) {
  const base::MutexLock lock(mutex_);
  guards_.erase(provider);
}

base::Result<FaultProfile> FaultBoard::faults_for(const std::string& provider) const {
  const base::MutexLock lock(mutex_);
  return effective_faults(settings_, provider);
}

bool FaultBoard::changed() const {
  const base::MutexLock lock(mutex_);
  return changed_;
}

domain::FaultSettings FaultBoard::settings() const {
  const base::MutexLock lock(mutex_);
  auto shown = settings_;
  for (auto entry = shown.providers.begin(); entry != shown.providers.end();)
    entry = guards_.count(entry->first) > 0 ? std::next(entry) : shown.providers.erase(entry);
  return shown;
}

FaultBoard::Guards FaultBoard::guards() const {
  const base::MutexLock lock(mutex_);
  return guards_;
}

std::vector<std::string> FaultBoard::injectors() const {
  std::vector<std::string> names;
  const base::MutexLock lock(mutex_);
  for (const auto& [name, guard] : guards_)
    names.push_back(name);
  return names;
}

base::Status FaultBoard::change(domain::FaultSettings settings, const std::shared_ptr<Patience>& patience,
                                std::chrono::milliseconds timeout) {
  if (auto sound = check_faults(settings, injectors()); !sound) return sound;
  const auto former = this->settings();
  const Guards all = guards();
  std::vector<std::shared_ptr<Guard>> changed;
  for (const auto& [name, guard] : all) {
    const auto profile = effective_faults(settings, name).value();  // checked above
    auto told = guard->set_faults(profile, patience, timeout);
    if (told) {
      changed.push_back(guard);
      announce(name, profile);
      continue;
    }
    log_.error("provider.faults_not_set", {{"provider_name", name}, {"error", told.error().message}});
    for (const auto& undone : changed) {
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
  changed_ = true;
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
