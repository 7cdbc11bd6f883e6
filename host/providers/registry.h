// Which provider takes which channel, and what operators see of every plugin.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "domain/ports.h"

namespace herald::providers {

// add, refuse, mark_draining and settle are called by one control thread; what they change is seen once settle has
// published it. route and list may be called from any thread, and never wait for more than a pointer's copy.
class Registry final : public domain::RouteTable, public domain::ProviderAdmin {
 public:
  using Holders = std::map<domain::Channel, std::string>;  // a provider's name by channel

  // A channel that nobody serves although an operator's route names a provider for it.
  struct Unserved {
    domain::Channel channel;
    std::string wanted;
  };

  // `routes` is the operator's choice, which always wins: a channel whose choice is absent is served by nobody.
  // `incumbents` held their channels when the host last ran.
  explicit Registry(Holders routes, Holders incumbents = {});

  // Takes a provider that has started (or, for a listing, could). The error when its name is taken: the caller stops or
  // does not start it, and calls refuse.
  base::Status add(domain::ProviderInfo info);

  // Passes when add would take a provider of this name.
  base::Status check_free(std::string_view name) const;

  // Lists a plugin that does not run; `info.reason` says why.
  void refuse(domain::ProviderInfo info);

  // Every provider that runs is shown as draining; routes stay.
  void mark_draining();

  // Gives the channels out anew and publishes. A channel goes to the operator's choice; else it stays with its
  // incumbent; else it goes to the first by file name. Providers without a channel are on standby.
  std::vector<Unserved> settle() HERALD_EXCLUDES(mutex_);

  std::optional<std::string> route(domain::Channel channel) const override HERALD_EXCLUDES(mutex_);
  // In the order of file names.
  std::vector<domain::ProviderInfo> list() const override HERALD_EXCLUDES(mutex_);

 private:
  struct Snapshot {
    Holders holders;
    std::vector<domain::ProviderInfo> plugins;
  };

  std::shared_ptr<const Snapshot> snapshot() const HERALD_EXCLUDES(mutex_);
  const domain::ProviderInfo* find_serving(std::string_view name, domain::Channel channel) const;
  const domain::ProviderInfo* choose(domain::Channel channel) const;

  const Holders routes_;
  // Of the control thread.
  Holders incumbents_;
  std::vector<domain::ProviderInfo> plugins_;  // by file name
  bool draining_ = false;

  mutable base::Mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::providers
