#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "domain/channel.h"
#include "domain/ports.h"

namespace herald::providers {

using domain::FaultProfile;

struct Options {
  std::string plugin_dir;                               // every *.so in it is tried
  FaultProfile faults;                                  // for all providers that inject faults
  std::map<std::string, FaultProfile> provider_faults;  // by provider name
  std::map<std::string, std::string> provider_config;   // by provider name: a JSON object
  std::map<domain::Channel, std::string> routes;        // an operator's choice of provider per channel
  std::chrono::milliseconds probe_timeout{5'000};       // for the child that tries a library first

  // Set by the composition root; no settings of an operator's.
  std::string private_dir;       // of the host's own copies of what it loads; made with mode 0700 when it is missing
  std::string probe_executable;  // absolute; run as `<probe_executable> plugin-probe FILE`, which is probe_main
  std::chrono::milliseconds start_timeout{30'000};  // for create, configure and start of one plugin together
  // For all that the folder holds when the host starts: it serves without those that start longer.
  std::chrono::milliseconds first_starts_timeout{3'000};
  std::chrono::milliseconds control_timeout{10'000};  // for a configure, or a change of faults, while it runs
  std::chrono::milliseconds webhook_timeout{10'000};  // for a carrier's request in the plugin
  // For what a version that was replaced still has. Longer than a lane waits for an outcome, so that a lane has one for
  // every message by then.
  std::chrono::milliseconds drain_timeout{10'500};
};

}  // namespace herald::providers
