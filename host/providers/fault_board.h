// Fault injection as it is set, for every provider that offers it.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "domain/ports.h"
#include "observe/log.h"
#include "providers/bounded_call.h"
#include "providers/guard.h"

namespace herald::providers {

// settings and injectors may be called from any thread, the rest by one control thread at a time.
class FaultBoard {
 public:
  FaultBoard(domain::FaultSettings settings, observe::Log& log) : log_(log), settings_(std::move(settings)) {}

  // The started providers; what the settings say of others is dropped (and warned of elsewhere).
  void open(const std::vector<Guard*>& guards) HERALD_EXCLUDES(mutex_);

  domain::FaultSettings settings() const HERALD_EXCLUDES(mutex_);
  std::vector<std::string> injectors() const HERALD_EXCLUDES(mutex_);

  // Tells every provider that injects faults, each within `timeout`. kInvalid in a client's words; kUnavailable or
  // kInternal when a plugin failed: the former settings are then given to those that had taken the new ones, which
  // starts their seeded sequences anew.
  base::Status change(domain::FaultSettings settings, const std::shared_ptr<Patience>& patience,
                      std::chrono::milliseconds timeout) HERALD_EXCLUDES(mutex_);

 private:
  std::vector<Guard*> guards() const HERALD_EXCLUDES(mutex_);
  void announce(const std::string& provider, const FaultProfile& profile);

  observe::Log& log_;

  mutable base::Mutex mutex_;
  domain::FaultSettings settings_ HERALD_GUARDED_BY(mutex_);
  std::vector<Guard*> guards_ HERALD_GUARDED_BY(mutex_);  // that inject faults
};

}  // namespace herald::providers
