// The providers that run, by name: where carriers' requests and operators' changes find them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "providers/provider_slot.h"

namespace herald::providers {

// Any thread. A slot is shared: whoever has found one may use it although it is taken out meanwhile.
class Roster {
 public:
  using Slot = std::shared_ptr<ProviderSlot>;

  // Its name is not taken.
  void add(Slot slot) HERALD_EXCLUDES(mutex_);
  void remove(std::string_view name) HERALD_EXCLUDES(mutex_);

  // Null when there is none.
  Slot find(std::string_view name) const HERALD_EXCLUDES(mutex_);
  // In the order of their names.
  std::vector<Slot> all() const HERALD_EXCLUDES(mutex_);

 private:
  mutable base::Mutex mutex_;
  std::map<std::string, Slot, std::less<>> slots_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::providers
