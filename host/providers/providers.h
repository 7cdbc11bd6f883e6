// The room as the rest of the host sees it: scans the plugin folder, starts what it can, says why it refuses the rest,
// and stops everything in the end.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "domain/ports.h"
#include "providers/guard.h"
#include "providers/options.h"
#include "providers/plugin_folder.h"
#include "providers/registry.h"
#include "providers/surroundings.h"

namespace herald::providers {

// start, ports and stop_all are called by the composition root's thread. routes() and admin() may be used from any
// thread at any time. Order: construct -> start -> lanes over ports() run -> lanes end -> stop_all -> destroy.
class Providers {
 public:
  // `incumbents` held their channels when the host last ran. The surroundings outlive this object.
  Providers(Options options, const Surroundings& surroundings, Registry::Holders incumbents = {});
  // Stops what runs, without time to drain.
  ~Providers();
  Providers(const Providers&) = delete;
  Providers& operator=(const Providers&) = delete;

  // Once. Tries every file in the order of names, each within the probe's and the start's timeout. A refused file is
  // logged and listed; a folder that cannot be read is logged, and the host serves without providers. Blocks.
  // `cancelled` is asked before each file; once it holds, the files that are left are not tried.
  void start(const std::function<bool()>& cancelled = [] { return false; });

  // The started providers, in the order of their files; valid until this object is destroyed.
  std::vector<domain::ProviderPort*> ports() const;

  // drain -> stop -> destroy, all providers at once. Returns how many held up their stop and were left running: the
  // process should then end by _exit, since its destructors would run under their threads. No outcome is delivered
  // after this.
  std::size_t stop_all(base::MonoTime deadline);

  const domain::RouteTable& routes() const { return registry_; }
  const domain::ProviderAdmin& admin() const { return registry_; }

 private:
  void take(const Candidate& candidate);
  base::Result<std::unique_ptr<Guard>> start_one(const Candidate& candidate);
  void refuse(domain::ProviderInfo info);
  void announce(const domain::ProviderInfo& info);
  void warn_of_unused_settings();

  const Options options_;
  const Surroundings surroundings_;
  Registry registry_;
  std::vector<std::unique_ptr<Guard>> guards_;
};

}  // namespace herald::providers
