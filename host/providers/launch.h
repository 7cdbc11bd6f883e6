// Starts one plugin with the configuration that is its due: the one that an operator gave it while the host ran, else
// the settings'.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "domain/ports.h"
#include "providers/bounded_call.h"
#include "providers/fault_board.h"
#include "providers/guard.h"
#include "providers/kept_state.h"
#include "providers/options.h"
#include "providers/plugin_folder.h"
#include "providers/surroundings.h"

namespace herald::providers {

// One control thread.
class Launch {
 public:
  // All outlive the launch; `inbound` and the surroundings the guards too.
  struct Parts {
    const Options& options;
    Surroundings surroundings;
    domain::InboundSink& inbound;
    const KeptState& kept;     // as it is at each start
    const FaultBoard& faults;  // the same
    std::shared_ptr<Patience> patience;
  };

  explicit Launch(Parts parts) : parts_(std::move(parts)) {}

  // Loads and starts it. A kept configuration that the plugin does not take any more, as after its file was replaced,
  // is logged and passed over for the settings' one, so that the channel is served; it stays kept until an operator
  // gives another. The error is the reason for a refusal.
  base::Result<std::shared_ptr<Guard>> start(const Candidate& candidate) const;

  // The same with `config` alone, whatever is kept or set. kInvalid: the configuration is at fault; kInternal: the
  // plugin failed over it; kUnavailable: the plugin or the host cannot start it now.
  base::Result<std::shared_ptr<Guard>> start_with(const Candidate& candidate, const std::string& config) const;

  // The reason of a start that failed; one for its configuration with the cure.
  static std::string reason_of(const std::string& name, const base::Error& error);

 private:
  base::Result<FaultProfile> faults_of(const std::string& name) const;
  base::Result<std::shared_ptr<Guard>> bring_up(const Plugin& plugin, const std::string& config,
                                                const FaultProfile& faults) const;

  const Parts parts_;
};

}  // namespace herald::providers
