#include "providers/launch.h"

#include <utility>

#include "base/random.h"
#include "providers/config_schema.h"
#include "providers/faults.h"
#include "providers/secrets.h"

namespace herald::providers {

base::Result<std::unique_ptr<Guard>> Launch::start(const Candidate& candidate) const {
  const std::string& name = candidate.descriptor.name;
  const auto faults = effective_faults(options_, name);
  if (!faults) return tl::make_unexpected(faults.error());
  auto plugin = PluginFolder::load(candidate);
  if (!plugin) return tl::make_unexpected(plugin.error());

  if (const auto kept = kept_.configs.find(name); kept != kept_.configs.end()) {
    if (options_.provider_config.count(name) != 0) {
      surroundings_.log.warn(
          "provider.kept_config_in_force",
          {{"provider_name", name},
           {"effect", "the settings name a configuration too; the one that was PUT last goes before it"},
           {"cure", "PUT the configuration that is to be in force"}});
    }
    auto started = start_with(*plugin, kept->second, *faults);
    // Not for want of another configuration.
    if (started || started.error().code == base::ErrorCode::kUnavailable) return started;
    surroundings_.log.error("provider.kept_config_refused",
                            {{"provider_name", name},
                             {"error", started.error().message},
                             {"effect", "it is started with the configuration of the settings"}});
  }
  const auto given = options_.provider_config.find(name);
  return start_with(*plugin, given == options_.provider_config.end() ? "{}" : given->second, *faults);
}

base::Result<std::unique_ptr<Guard>> Launch::start_with(const Plugin& plugin, const std::string& config,
                                                        const FaultProfile& faults) const {
  const std::string& schema = plugin.descriptor.config_schema;
  if (auto valid = check_config(schema, config); !valid) return tl::make_unexpected(valid.error());
  const std::uint64_t seed = faults.seed ? *faults.seed : base::entropy_seed();
  surroundings_.log.info(
      "provider.seeded",
      {{"provider_name", plugin.descriptor.name}, {"seed", seed}, {"source", faults.seed ? "settings" : "entropy"}});
  const Guard::Setup setup{config, faults, seed, options_.start_timeout, options_.webhook_timeout, &inbound_};
  auto started = Guard::start(plugin, setup, surroundings_);
  if (!started) started.error().message = without_secrets(std::move(started.error().message), schema, config);
  return started;
}

}  // namespace herald::providers
