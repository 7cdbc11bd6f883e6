// When a burst of changes is over: some time after the last of them, but not for ever after the first.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"

namespace herald::providers {

// One thread.
class Debounce {
 public:
  Debounce(std::chrono::milliseconds quiet, std::chrono::milliseconds at_most) : quiet_(quiet), at_most_(at_most) {}

  void note(base::MonoTime now);
  // When what was noted is to be told; nothing when nothing was.
  std::optional<base::MonoTime> due() const;
  void clear() { due_.reset(); }

 private:
  std::chrono::milliseconds quiet_;
  std::chrono::milliseconds at_most_;
  base::MonoTime latest_{};  // that the present burst is told
  std::optional<base::MonoTime> due_;
};

}  // namespace herald::providers
