// What operators changed while the host ran, as it is kept over restarts.
//
// Keys: "provider.<name>.enabled" ("true" or "false"), "provider.<name>.config" (a JSON object, with its secrets;
// empty: none) and "incumbent.<channel>" (a provider's name).
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "base/result.h"
#include "domain/ports.h"
#include "observe/log.h"
#include "providers/bounded_call.h"
#include "providers/registry.h"

namespace herald::providers {

struct KeptState {
  std::set<std::string> disabled;              // names
  std::map<std::string, std::string> configs;  // by name
  Registry::Holders incumbents;
};

// What can be read; the rest is logged, and is as if it were not kept.
KeptState read_kept(const std::map<std::string, std::string>& kept, observe::Log& log);

// Keeps changes. One control thread at a time.
class Keeper {
 public:
  // All are borrowed and outlive the last commit.
  Keeper(domain::KeptSettings& settings, observe::Log& log) : settings_(settings), log_(log) {}

  // Waits for the commit. kUnavailable when it failed, did not come within 30 seconds or `patience` ended. Of the last
  // two a log line says that the change may be there after a restart.
  base::Status keep_enabled(const std::string& provider, bool enabled, const std::shared_ptr<Patience>& patience);
  base::Status keep_config(const std::string& provider, const std::string& json,
                           const std::shared_ptr<Patience>& patience);
  base::Status drop_config(const std::string& provider, const std::shared_ptr<Patience>& patience);

  // Keeps those that are not what was kept last. Does not wait; what cannot be kept is logged.
  void keep_incumbents(const Registry::Holders& incumbents);

  // It is kept as it is.
  void start_with(KeptState state) { state_ = std::move(state); }
  // As it is kept now: what has been committed since is in it.
  const KeptState& state() const { return state_; }

 private:
  base::Status keep(const std::string& key, const std::string& value, const std::shared_ptr<Patience>& patience);

  domain::KeptSettings& settings_;
  observe::Log& log_;
  KeptState state_;
};

}  // namespace herald::providers
