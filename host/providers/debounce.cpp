#include "providers/debounce.h"

#include <algorithm>

namespace herald::providers {

void Debounce::note(base::MonoTime now) {
  if (!due_) latest_ = now + at_most_;
  due_ = std::min(now + quiet_, latest_);
}

std::optional<base::MonoTime> Debounce::due() const {
  return due_;
}

}  // namespace herald::providers
