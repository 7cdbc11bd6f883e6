// Fault injection as it is set, for every provider that offers it.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "domain/ports.h"
#include "observe/log.h"
#include "providers/bounded_call.h"
#include "providers/guard.h"
#include "providers/options.h"

namespace herald::providers {

// settings and injectors may be called from any thread, the rest by one control thread at a time.
class FaultBoard {
 public:
  FaultBoard(domain::FaultSettings settings, observe::Log& log) : log_(log), settings_(std::move(settings)) {}

  // A provider runs, or another version of one does, whose faults are those of faults_for.
  void take(const std::shared_ptr<Guard>& guard) HERALD_EXCLUDES(mutex_);
  // It runs no more.
  void drop(const std::string& provider) HERALD_EXCLUDES(mutex_);

  // What a provider is to be started with. The error (kInvalid) is in a client's words.
  base::Result<FaultProfile> faults_for(const std::string& provider) const HERALD_EXCLUDES(mutex_);
  // They were changed since the start.
  bool changed() const HERALD_EXCLUDES(mutex_);

  // What is set of those that inject faults; the rest waits for a provider that comes.
  domain::FaultSettings settings() const HERALD_EXCLUDES(mutex_);
  std::vector<std::string> injectors() const HERALD_EXCLUDES(mutex_);

  // Tells every provider that injects faults, each within `timeout`. kInvalid in a client's words; kUnavailable or
  // kInternal when a plugin failed: the former settings are then given to those that had taken the new ones, which
  // starts their seeded sequences anew.
  base::Status change(domain::FaultSettings settings, const std::shared_ptr<Patience>& patience,
                      std::chrono::milliseconds timeout) HERALD_EXCLUDES(mutex_);

 private:
  using Guards = std::map<std::string, std::shared_ptr<Guard>>;  // by name

  Guards guards() const HERALD_EXCLUDES(mutex_);
  void announce(const std::string& provider, const FaultProfile& profile);

  observe::Log& log_;

  mutable base::Mutex mutex_;
  domain::FaultSettings settings_ HERALD_GUARDED_BY(mutex_);
  bool changed_ HERALD_GUARDED_BY(mutex_) = false;
  Guards guards_ HERALD_GUARDED_BY(mutex_);  // that inject faults
};

}  // namespace herald::providers
