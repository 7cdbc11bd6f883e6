// Starts one plugin with the configuration that is its due: the one that an operator gave it while the host ran, else
// the settings'.
#pragma once

#include <memory>
#include <optional>
#include <string>

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

// What a provider is to be started with, as of one moment.
struct Due {
  std::optional<std::string> kept;  // the configuration that was PUT last
  std::optional<std::string> settings;
  FaultProfile faults;
  bool exact = false;  // `kept` or none, whatever the settings say

  friend bool operator==(const Due&, const Due&) = default;
};

class Launch {
 public:
  // All outlive the launch; `inbound` and the surroundings the guards too.
  struct Parts {
    const Options& options;
    Surroundings surroundings;
    domain::InboundSink& inbound;
    const KeptState& kept;     // as it is at each start
    const FaultBoard& faults;  // the same
  };

  explicit Launch(Parts parts) : parts_(parts) {}

  // What is this provider's due at this moment. kUnavailable: the settings' faults do not fit. One control
  // thread.
  base::Result<Due> due(const std::string& name) const;

  // Loads and starts it. A kept configuration that the plugin does not take any more, as after its file was replaced,
  // is logged and passed over for the settings' one, so that the channel is served; it stays kept until an operator
  // gives another. The end of `patience` ends the start. kInvalid: the configuration is at fault; kInternal: the plugin
  // failed over it; kUnavailable: the plugin or the host cannot start it now. Any thread.
  base::Result<std::shared_ptr<Guard>> start(const Candidate& candidate, const Due& due,
                                             const std::shared_ptr<Patience>& patience) const;

  // The reason of a start that failed; one for its configuration with the cure.
  static std::string reason_of(const std::string& name, const base::Error& error);

 private:
  base::Result<std::shared_ptr<Guard>> start_kept(const Plugin& plugin, const Due& due,
                                                  const std::shared_ptr<Patience>& patience) const;
  base::Result<std::shared_ptr<Guard>> bring_up(const Plugin& plugin, const std::string& config,
                                                const FaultProfile& faults,
                                                const std::shared_ptr<Patience>& patience) const;

  const Parts parts_;
};

}  // namespace herald::providers
