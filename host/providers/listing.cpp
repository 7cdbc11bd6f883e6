#include "providers/listing.h"

#include <utility>

#include "providers/config_schema.h"
#include "providers/faults.h"
#include "providers/plugin_folder.h"
#include "providers/registry.h"

namespace herald::providers {
namespace {

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

}  // namespace

base::Result<std::vector<domain::ProviderInfo>> list_plugins(const Options& options) {
  const auto folder = PluginFolder::open(options);
  if (!folder) return tl::make_unexpected(folder.error());
  const auto files = folder->files();
  if (!files) return tl::make_unexpected(files.error());
  Registry registry(options.routes);
  for (const auto& file : *files) {
    auto info = examined(*folder, file, options);
    if (info.state != domain::ProviderState::kRefused) {
      const auto added = registry.add(info);
      if (added) continue;
      info.reason = added.error().message;
    }
    registry.refuse(std::move(info));
  }
  registry.settle();
  folder->remove_copies_except({});
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
