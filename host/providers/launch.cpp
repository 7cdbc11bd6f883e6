#include "providers/launch.h"

#include <utility>

#include "base/random.h"
#include "providers/config_schema.h"
#include "providers/faults.h"
#include "providers/secrets.h"
#include "providers/setting_of.h"

namespace herald::providers {

base::Result<std::shared_ptr<Guard>> Launch::start(const Candidate& candidate) const {
  const std::string& name = candidate.descriptor.name;
  const auto faults = faults_of(name);
  if (!faults) return tl::make_unexpected(faults.error());
  auto plugin = PluginFolder::load(candidate, parts_.surroundings.starts);
  if (!plugin) return tl::make_unexpected(plugin.error());

  if (const auto kept = parts_.kept.configs.find(name); kept != parts_.kept.configs.end()) {
    if (parts_.options.provider_config.count(name) != 0) {
      parts_.surroundings.log.warn(
          "provider.kept_config_in_force",
          {{"provider_name", name},
           {"effect", "the settings name a configuration too; the one that was PUT last goes before it"},
           {"cure", "PUT the configuration that is to be in force"}});
    }
    auto started = bring_up(*plugin, kept->second, *faults);
    // Not for want of another configuration.
    if (started || started.error().code == base::ErrorCode::kUnavailable ||
        started.error().code == base::ErrorCode::kExhausted)
      return started;
    parts_.surroundings.log.error("provider.kept_config_refused",
                                  {{"provider_name", name},
                                   {"error", started.error().message},
                                   {"effect", "it is started with the configuration of the settings"}});
  }
  const auto given = parts_.options.provider_config.find(name);
  auto started = bring_up(*plugin, given == parts_.options.provider_config.end() ? "{}" : given->second, *faults);
  if (!started) started.error().message = reason_of(name, started.error());
  return started;
}

base::Result<std::shared_ptr<Guard>> Launch::start_with(const Candidate& candidate, const std::string& config) const {
  const auto faults = faults_of(candidate.descriptor.name);
  if (!faults) return base::fail(base::ErrorCode::kUnavailable, faults.error().message);
  const auto plugin = PluginFolder::load(candidate, parts_.surroundings.starts);
  if (!plugin) {
    const bool passing = plugin.error().code == base::ErrorCode::kExhausted;
    return base::fail(passing ? base::ErrorCode::kExhausted : base::ErrorCode::kUnavailable, plugin.error().message);
  }
  return bring_up(*plugin, config, *faults);
}

std::string Launch::reason_of(const std::string& name, const base::Error& error) {
  if (error.code != base::ErrorCode::kInvalid) return error.message;
  return error.message + "; PUT /api/providers/" + name + "/config with a configuration that it takes, or set " +
         setting_of(name, "CONFIG");
}

// The settings' error names the settings at fault; what operators changed since is sound for the providers of then.
base::Result<FaultProfile> Launch::faults_of(const std::string& name) const {
  return parts_.faults.changed() ? parts_.faults.faults_for(name) : effective_faults(parts_.options, name);
}

base::Result<std::shared_ptr<Guard>> Launch::bring_up(const Plugin& plugin, const std::string& config,
                                                      const FaultProfile& faults) const {
  const std::string& schema = plugin.descriptor.config_schema;
  if (auto valid = check_config(schema, config); !valid) return tl::make_unexpected(valid.error());
  const std::uint64_t seed = faults.seed ? *faults.seed : base::entropy_seed();
  parts_.surroundings.log.info("provider.seeded", {{"provider_name", plugin.descriptor.name},
                                                   {"seed", seed},
                                                   {"source", !faults.seed              ? "entropy"
                                                              : parts_.faults.changed() ? "operator"
                                                                                        : "settings"}});
  const Guard::Setup setup{
      config,          faults,         seed, parts_.options.start_timeout, parts_.options.webhook_timeout,
      &parts_.inbound, parts_.patience};
  auto started = Guard::start(plugin, setup, parts_.surroundings);
  if (started) return std::shared_ptr<Guard>(std::move(*started));
  started.error().message = without_secrets(std::move(started.error().message), schema, config);
  return tl::make_unexpected(started.error());
}

}  // namespace herald::providers
