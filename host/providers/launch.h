// Starts one plugin with the configuration that is its due: the one that an operator gave it while the host ran, else
// the settings'.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "domain/ports.h"
#include "providers/guard.h"
#include "providers/kept_state.h"
#include "providers/options.h"
#include "providers/plugin_folder.h"
#include "providers/surroundings.h"

namespace herald::providers {

// One control thread.
class Launch {
 public:
  // All are borrowed and outlive this object; `inbound` and the surroundings the guards too.
  Launch(const Options& options, const Surroundings& surroundings, domain::InboundSink& inbound, const KeptState& kept)
      : options_(options), surroundings_(surroundings), inbound_(inbound), kept_(kept) {}

  // Loads and starts it. A kept configuration that the plugin does not take any more, as after its file was replaced,
  // is logged and passed over for the settings' one, so that the channel is served; it stays kept until an operator
  // gives another. The error is the reason for a refusal.
  base::Result<std::unique_ptr<Guard>> start(const Candidate& candidate) const;

 private:
  base::Result<std::unique_ptr<Guard>> start_with(const Plugin& plugin, const std::string& config,
                                                  const FaultProfile& faults) const;

  const Options& options_;
  const Surroundings surroundings_;
  domain::InboundSink& inbound_;
  const KeptState& kept_;
};

}  // namespace herald::providers
