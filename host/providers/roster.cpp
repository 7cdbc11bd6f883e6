#include "providers/roster.h"

#include <utility>

namespace herald::providers {

void Roster::add(Slot slot) {
  const base::MutexLock lock(mutex_);
  std::string name = slot->name();
  slots_.emplace(std::move(name), std::move(slot));
}

void Roster::remove(std::string_view name) {
  Slot removed;  // destroyed without the lock
  const base::MutexLock lock(mutex_);
  const auto place = slots_.find(name);
  if (place == slots_.end()) return;
  removed = std::move(place->second);
  slots_.erase(place);
}

Roster::Slot Roster::find(std::string_view name) const {
  const base::MutexLock lock(mutex_);
  const auto place = slots_.find(name);
  return place == slots_.end() ? nullptr : place->second;
}

std::vector<Roster::Slot> Roster::all() const {
  std::vector<Slot> found;
  const base::MutexLock lock(mutex_);
  for (const auto& [name, slot] : slots_)
    found.push_back(slot);
  return found;
}

}  // namespace herald::providers
