// The room as the rest of the host sees it: scans the plugin folder, starts what it can, says why it refuses the rest,
// and stops everything in the end.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "domain/ports.h"
#include "providers/administration.h"
#include "providers/guard.h"
#include "providers/launch.h"
#include "providers/options.h"
#include "providers/outlets.h"
#include "providers/plugin_folder.h"
#include "providers/registry.h"
#include "providers/surroundings.h"

namespace herald::providers {

// start, ports and stop_all are called by the composition root's thread. routes() and admin() may be used from any
// thread at any time. Order: construct -> start -> lanes over ports() run -> lanes end -> stop_all -> destroy.
class Providers {
 public:
  // The surroundings outlive this object.
  Providers(Options options, const Surroundings& surroundings);
  // Stops what runs, without time to drain.
  ~Providers();
  Providers(const Providers&) = delete;
  Providers& operator=(const Providers&) = delete;

  // Once. Reads what is kept, then tries every file in the order of names, each within the probe's and the start's
  // timeout. A refused file is logged and listed; a folder that cannot be read is logged, and the host serves without
  // providers. A provider that was disabled is started and its lane paused. Blocks. `cancelled` is asked before each
  // file; once it holds, the files that are left are not tried, and the room serves nobody. What is kept anew is
  // committed by a thread of its own: nothing here waits for it.
  void start(
      const Outlets& outlets, const std::function<bool()>& cancelled = [] { return false; });

  // The started providers, in the order of their files; valid until this object is destroyed.
  std::vector<domain::ProviderPort*> ports() const;

  // Ends the change that an operator makes at this moment; then drain -> stop -> destroy, all providers at once. Every
  // webhook and every emit is answered, but for webhooks that wait for a commit, which answers them. Returns how many
  // held up their stop and were left running: the process should then end by _exit, since its destructors would run
  // under their threads. No outcome is delivered after this.
  std::size_t stop_all(base::MonoTime deadline);

  const domain::RouteTable& routes() const { return registry_; }
  domain::ProviderAdmin& admin() { return administration_; }

 private:
  // False when `cancelled` ended it early.
  bool try_files(const Launch& launch, const std::function<bool()>& cancelled);
  void take(const Launch& launch, const Candidate& candidate);
  void refuse(domain::ProviderInfo info);
  void announce(const domain::ProviderInfo& info);
  void warn_of_unused_settings();

  const Options options_;
  const Surroundings surroundings_;
  Registry registry_;
  std::vector<std::unique_ptr<Guard>> guards_;
  Administration administration_;  // after what it uses
};

}  // namespace herald::providers
