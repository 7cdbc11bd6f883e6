// Which provider takes which channel, and what operators see of every plugin.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "domain/ports.h"

namespace herald::providers {

// route and list may be called from any thread, and never wait for more than a pointer's copy. The rest is for one
// control thread at a time; what it changes is seen once settle has published it.
class Registry final : public domain::RouteTable {
 public:
  using Holders = std::map<domain::Channel, std::string>;  // a provider's name by channel

  // A channel that nobody serves although an operator's route names a provider for it.
  struct Unserved {
    domain::Channel channel;
    std::string wanted;
  };

  // `routes` is the operator's choice, which always wins: a channel whose choice is absent is served by nobody.
  explicit Registry(Holders routes);

  // They held their channels when the host last ran, or before a change that is undone.
  void set_incumbents(Holders incumbents) { incumbents_ = std::move(incumbents); }
  // Who holds each channel that no route decides; of one that is not served, who held it last.
  const Holders& incumbents() const { return incumbents_; }

  // These providers will come, or not, in a while: whoever serves their channels until then does not become the
  // incumbent.
  void await(std::set<std::string> providers) { awaited_ = std::move(providers); }
  void await_no_more(const std::string& provider) { awaited_.erase(provider); }

  // Takes a provider that has started (or, for a listing, could). The error when its name is taken: the caller stops or
  // does not start it, and calls refuse.
  base::Status add(domain::ProviderInfo info);

  // Passes when add would take a provider of this name.
  base::Status check_free(std::string_view name) const;

  // The provider of this name is another version now, or another file.
  void replace(domain::ProviderInfo info);
  // The provider is on its way out: it serves no channel and is shown as draining, until it is removed.
  void leave(std::string_view name);
  void remove(std::string_view name);
  bool leaving(std::string_view name) const { return leaving_.contains(name); }

  // Lists a plugin that does not run; `info.reason` says why.
  void refuse(domain::ProviderInfo info);
  // These are all that do not run, instead of those that were listed before.
  void set_refused(std::vector<domain::ProviderInfo> refused);

  // A disabled provider serves no channel. Passes for one that runs; kNotFound for a name that nobody has or that is
  // leaving, kConflict for that of a refused file, kUnavailable for one that is awaited.
  base::Status set_enabled(std::string_view name, bool enabled);

  bool enabled(std::string_view name) const { return !disabled_.contains(name); }

  // Every provider that runs is shown as draining; routes stay.
  void mark_draining();

  // Gives the channels out anew and publishes. A disabled provider gets none. A channel goes to the operator's choice;
  // else it stays with its incumbent; else it goes to the first by file name. Providers without a channel are on
  // standby.
  std::vector<Unserved> settle() HERALD_EXCLUDES(mutex_);

  std::optional<std::string> route(domain::Channel channel) const override HERALD_EXCLUDES(mutex_);
  // In the order of file names.
  std::vector<domain::ProviderInfo> list() const HERALD_EXCLUDES(mutex_);

 private:
  struct Snapshot {
    Holders holders;
    std::vector<domain::ProviderInfo> plugins;
  };

  std::shared_ptr<const Snapshot> snapshot() const HERALD_EXCLUDES(mutex_);
  void drop(std::string_view name);
  bool may_serve(const domain::ProviderInfo& info, domain::Channel channel) const;
  const domain::ProviderInfo* find_serving(std::string_view name, domain::Channel channel) const;
  const domain::ProviderInfo* choose(domain::Channel channel) const;
  domain::ProviderState state_of(const domain::ProviderInfo& info) const;

  const Holders routes_;
  // Of the control thread.
  Holders incumbents_;
  std::set<std::string> awaited_;
  std::vector<domain::ProviderInfo> plugins_;  // by file name
  std::set<std::string, std::less<>> disabled_;
  std::set<std::string, std::less<>> leaving_;
  bool draining_ = false;

  mutable base::Mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::providers
