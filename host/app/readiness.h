// Whether the host can take work at this moment, for /readyz.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "api/readiness.h"
#include "delivery/watchdog.h"
#include "store/writer.h"

namespace herald::app {

// Any thread.
class HostReadiness final : public api::Readiness {
 public:
  enum class Phase { kStarting, kServing, kDraining };

  // Both are borrowed.
  HostReadiness(const store::Writer& writer, const delivery::Watchdog& watchdog)
      : writer_(writer), watchdog_(watchdog) {}

  void enter(Phase phase) { phase_.store(phase, std::memory_order_release); }

  std::vector<api::NotReady> reasons() const override {
    std::vector<api::NotReady> found;
    const Phase phase = phase_.load(std::memory_order_acquire);
    if (phase == Phase::kStarting) found.push_back(api::NotReady::kStarting);
    if (phase == Phase::kDraining) found.push_back(api::NotReady::kDraining);
    if (!writer_.healthy()) found.push_back(api::NotReady::kStoreUnavailable);
    if (watchdog_.writer_stalled()) found.push_back(api::NotReady::kWriterStalled);
    if (watchdog_.dispatcher_stalled()) found.push_back(api::NotReady::kDispatcherStalled);
    return found;
  }

  std::vector<std::string> stalled_providers() const override { return watchdog_.stalled_providers(); }

 private:
  const store::Writer& writer_;
  const delivery::Watchdog& watchdog_;
  std::atomic<Phase> phase_{Phase::kStarting};
};

}  // namespace herald::app
