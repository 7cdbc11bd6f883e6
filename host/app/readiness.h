// Whether the host can take work at this moment, for /readyz.
#pragma once

#include <atomic>
#include <vector>

#include "api/readiness.h"
#include "store/writer.h"

namespace herald::app {

// Any thread.
class HostReadiness final : public api::Readiness {
 public:
  enum class Phase { kStarting, kServing, kDraining };

  explicit HostReadiness(const store::Writer& writer) : writer_(writer) {}

  void enter(Phase phase) { phase_.store(phase, std::memory_order_release); }

  std::vector<api::NotReady> reasons() const override {
    std::vector<api::NotReady> found;
    const Phase phase = phase_.load(std::memory_order_acquire);
    if (phase == Phase::kStarting) found.push_back(api::NotReady::kStarting);
    if (phase == Phase::kDraining) found.push_back(api::NotReady::kDraining);
    if (!writer_.healthy()) found.push_back(api::NotReady::kStoreUnavailable);
    return found;
  }

 private:
  const store::Writer& writer_;
  std::atomic<Phase> phase_{Phase::kStarting};
};

}  // namespace herald::app
