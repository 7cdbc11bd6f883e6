#include "providers/listing.h"

#include <optional>
#include <utility>

#include "observe/log.h"
#include "providers/config_schema.h"
#include "providers/faults.h"
#include "providers/folder_census.h"
#include "providers/folder_plan.h"
#include "providers/plugin_folder.h"
#include "providers/private_copy.h"
#include "providers/registry.h"

namespace herald::providers {
namespace {

// Whoever asks for a listing is told of a fault by its error.
class Unheard final : public observe::Log {
 public:
  bool enabled(observe::LogLevel) const override { return false; }
  void write(observe::LogLevel, std::string_view, std::initializer_list<observe::Field>) override {}
};

// The settings that a start would trip over.
base::Status check_settings(const Descriptor& descriptor, const Options& options) {
  if (const auto faults = effective_faults(options, descriptor.name); !faults)
    return tl::make_unexpected(faults.error());
  const auto config = options.provider_config.find(descriptor.name);
  return check_config(descriptor.config_schema, config == options.provider_config.end() ? "{}" : config->second);
}

domain::ProviderInfo examined(const PluginFolder& folder, const std::filesystem::path& file, const Options& options) {
  const auto candidate = folder.examine(file);
  if (!candidate) return refused_file(file, candidate.error().message);
  auto info = info_of(candidate->descriptor, refused_file(file, {}).file_name);
  if (const auto fit = check_settings(candidate->descriptor, options); !fit) {
    info.state = domain::ProviderState::kRefused;
    info.reason = fit.error().message;
  }
  return info;
}

// The first step of a start's that would fail.
std::optional<Failure> first_failure(const Plan& plan, const Options& options) {
  for (const auto& step : plan.steps) {
    if (const auto fit = check_settings(step.candidate.descriptor, options); !fit)
      return Failure{step.candidate.source, step.candidate.fingerprint, fit.error().message};
  }
  return std::nullopt;
}

// What a start would do, as far as can be said without one.
Plan plan_of_a_start(const Census& census, const Options& options) {
  std::vector<Failure> failures;
  while (true) {
    auto planned = plan({}, failures, census);
    auto failure = first_failure(planned, options);
    if (!failure) return planned;
    failures.push_back(std::move(*failure));
  }
}

}  // namespace

base::Result<std::vector<domain::ProviderInfo>> list_plugins(const Options& options) {
  auto folder = PluginFolder::open(options);
  if (!folder) return tl::make_unexpected(folder.error());
  Unheard log;
  FolderCensus folder_census(std::move(*folder), log);
  const auto census = folder_census.survey();
  if (!census) return tl::make_unexpected(census.error());
  const auto planned = plan_of_a_start(*census, options);
  Registry registry(options.routes);
  for (const auto& step : planned.steps) {
    auto info = info_of(step.candidate.descriptor, refused_file(step.candidate.source, {}).file_name);
    if (auto added = registry.add(std::move(info)); !added) return tl::make_unexpected(added.error());
  }
  for (const auto& refusal : planned.refusals)
    registry.refuse(info_of(refusal));
  registry.settle();
  if (const auto copies = PrivateFolder::open(options.private_dir)) copies->remove_others({});
  return registry.list();
}

base::Result<domain::ProviderInfo> check_plugin(const std::filesystem::path& file, const Options& options) {
  const auto folder = PluginFolder::open(options);
  if (!folder) return tl::make_unexpected(folder.error());
  auto info = examined(*folder, std::filesystem::absolute(file), options);
  folder->remove_copies_except({});
  return info;
}

}  // namespace herald::providers
