// The room as the rest of the host sees it: starts what the plugin folder holds, follows the folder while the host
// runs, and stops everything in the end.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "domain/ports.h"
#include "providers/administration.h"
#include "providers/folder_census.h"
#include "providers/folder_follower.h"
#include "providers/folder_watch.h"
#include "providers/launch.h"
#include "providers/options.h"
#include "providers/outlets.h"
#include "providers/registry.h"
#include "providers/retirement.h"
#include "providers/roster.h"
#include "providers/start_records.h"
#include "providers/surroundings.h"

namespace herald::providers {

// start, begin_stop and stop_all are called by the composition root's thread. routes() and admin() may be used
// from any thread at any time. Order: construct -> start, which gives every provider its lane -> begin_stop -> lanes
// end -> stop_all -> lanes are destroyed -> destroy.
//
// The thread "plugin-watch" examines the folder; "provider-ctl" makes every change, operators' and the folder's, one
// after another; each version that is replaced or removed drains on a thread "provider-drain" of its own.
class Providers {
 public:
  // The surroundings outlive this object.
  Providers(Options options, const Surroundings& surroundings);
  // Stops what runs, without time to drain.
  ~Providers();
  Providers(const Providers&) = delete;
  Providers& operator=(const Providers&) = delete;

  // Once. Reads what is kept, then starts what the folder holds, each within the probe's and the start's timeout, and
  // attaches its lane; from then on the folder is followed. A refused file is logged and listed; a folder that cannot
  // be read is logged, and the host serves without providers until it can. A provider that was disabled is started and
  // its lane paused. Blocks, but for those that start no longer than `first_starts_timeout` together: one that takes
  // longer is logged, and comes later. `cancelled` is asked before each file and ten times a second; once it holds, the
  // files that are left are not tried, and the room serves nobody. What is kept anew is committed by a thread of its
  // own: nothing here waits for it.
  void start(
      const Outlets& outlets, const std::function<bool()>& cancelled = [] { return false; });

  // The host is about to stop: the change that is made at this moment ends, those that wait are declined, and none is
  // begun any more.
  void begin_stop();

  // Ends the change that is made at this moment; then drain -> stop -> destroy, all providers at once, those that are
  // draining already too. Every webhook and every emit is answered, but for webhooks that wait for a commit, which
  // answers them. Returns how many held up their stop, then or before, and were left running: the process should then
  // end by _exit, since its destructors would run under their threads. No outcome is delivered after this.
  std::size_t stop_all(base::MonoTime deadline);

  const domain::RouteTable& routes() const { return registry_; }
  domain::ProviderAdmin& admin() { return administration_; }

 private:
  // These two are false when `cancelled` ended them early.
  bool follow_from_now_on(const std::function<bool()>& cancelled);
  bool start_all(Census census, const std::function<bool()>& cancelled);
  bool on_control_thread(const std::function<void()>& task);
  void watch();
  void folder_changed();
  void serve();
  void warn_of_unserved(const std::vector<Registry::Unserved>& unserved);
  void warn_of_unused_settings();

  const Options options_;
  StartRecords starts_;
  const Surroundings surroundings_;
  std::atomic<bool> stopping_{false};
  Registry registry_;
  Roster roster_;
  Administration administration_;  // after what it uses
  Retirement retirement_;
  std::optional<Outlets> outlets_;
  std::optional<Launch> launch_;
  std::optional<FolderFollower> follower_;
  // The main thread's until the watch runs, then that thread's.
  std::optional<FolderCensus> census_;
  std::unique_ptr<FolderWatch> watch_;
};

}  // namespace herald::providers
