#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "domain/channel.h"

namespace herald::providers {

// Percentages of dispatches that a mock provider spoils. Unset fields of a provider's own profile fall back to the
// global one.
struct FaultProfile {
  std::optional<std::uint32_t> timeout_pct;
  std::optional<std::uint32_t> error_pct;
  std::optional<std::uint32_t> ratelimit_pct;
  std::optional<std::uint64_t> seed;
};

struct Options {
  std::string plugin_dir;                          // every *.so in it is tried
  FaultProfile faults;                             // for all providers that inject faults
  std::map<std::string, FaultProfile> provider_faults;   // by provider name
  std::map<std::string, std::string> provider_config;    // by provider name: a JSON object
  std::map<domain::Channel, std::string> routes;   // an operator's choice of provider per channel
  std::chrono::milliseconds probe_timeout{5'000};  // for the child that tries a library first
};

}  // namespace herald::providers
