#include "providers/launch.h"

#include <utility>

#include "base/random.h"
#include "providers/config_schema.h"
#include "providers/faults.h"
#include "providers/secrets.h"
#include "providers/setting_of.h"

namespace herald::providers {
namespace {

// Another configuration would not have helped.
bool says_nothing_of_config(const base::Error& error) {
  return error.code == base::ErrorCode::kUnavailable || error.code == base::ErrorCode::kExhausted;
}

}  // namespace

// The settings' error names the settings at fault; what operators changed since is sound for the providers of then.
base::Result<Due> Launch::due(const std::string& name) const {
  const auto faults = parts_.faults.changed() ? parts_.faults.faults_for(name) : effective_faults(parts_.options, name);
  if (!faults) return base::fail(base::ErrorCode::kUnavailable, faults.error().message);
  Due due;
  due.faults = *faults;
  const auto kept = parts_.kept.configs.find(name);
  if (kept != parts_.kept.configs.end()) due.kept = kept->second;
  const auto given = parts_.options.provider_config.find(name);
  if (given != parts_.options.provider_config.end()) due.settings = given->second;
  return due;
}

base::Result<std::shared_ptr<Guard>> Launch::start(const Candidate& candidate, const Due& due,
                                                   const std::shared_ptr<Patience>& patience) const {
  const auto plugin = PluginFolder::load(candidate, parts_.surroundings.starts);
  if (!plugin) {
    const bool passing = plugin.error().code == base::ErrorCode::kExhausted;
    return base::fail(passing ? base::ErrorCode::kExhausted : base::ErrorCode::kUnavailable, plugin.error().message);
  }
  if (due.kept) {
    auto started = start_kept(*plugin, due, patience);
    // Not for want of another configuration.
    if (started || due.exact || says_nothing_of_config(started.error())) return started;
  }
  return bring_up(*plugin, due.settings.value_or("{}"), due.faults, patience);
}

base::Result<std::shared_ptr<Guard>> Launch::start_kept(const Plugin& plugin, const Due& due,
                                                        const std::shared_ptr<Patience>& patience) const {
  const std::string& name = plugin.descriptor.name;
  auto started = bring_up(plugin, *due.kept, due.faults, patience);
  if (due.exact) return started;
  if (started && due.settings) {
    parts_.surroundings.log.warn(
        "provider.kept_config_in_force",
        {{"provider_name", name},
         {"effect", "the settings name a configuration too; the one that was PUT last goes before it"},
         {"cure", "PUT the configuration that is to be in force, or DELETE the one that was PUT"}});
  }
  if (!started && !says_nothing_of_config(started.error())) {
    parts_.surroundings.log.error("provider.kept_config_refused",
                                  {{"provider_name", name},
                                   {"error", started.error().message},
                                   {"effect", "the settings' configuration is tried instead"},
                                   {"cure", "PUT the configuration that is to be in force, or DELETE this one"}});
  }
  return started;
}

std::string Launch::reason_of(const std::string& name, const base::Error& error) {
  if (error.code != base::ErrorCode::kInvalid) return error.message;
  return error.message + "; PUT /api/providers/" + name + "/config with a configuration that it takes, or set " +
         setting_of(name, "CONFIG");
}

base::Result<std::shared_ptr<Guard>> Launch::bring_up(const Plugin& plugin, const std::string& config,
                                                      const FaultProfile& faults,
                                                      const std::shared_ptr<Patience>& patience) const {
  const std::string& schema = plugin.descriptor.config_schema;
  if (auto valid = check_config(schema, config); !valid) return tl::make_unexpected(valid.error());
  const std::uint64_t seed = faults.seed ? *faults.seed : base::entropy_seed();
  const Guard::Setup setup{config,          faults,  seed, parts_.options.start_timeout, parts_.options.webhook_timeout,
                           &parts_.inbound, patience};
  auto started = Guard::start(plugin, setup, parts_.surroundings);
  if (!started) {
    started.error().message = without_secrets(std::move(started.error().message), schema, config);
    return tl::make_unexpected(started.error());
  }
  if ((*started)->injects_faults()) {
    parts_.surroundings.log.info("provider.seeded", {{"provider_name", plugin.descriptor.name},
                                                     {"seed", seed},
                                                     {"source", !faults.seed              ? "entropy"
                                                                : parts_.faults.changed() ? "operator"
                                                                                          : "settings"}});
  }
  return std::shared_ptr<Guard>(std::move(*started));
}

}  // namespace herald::providers
