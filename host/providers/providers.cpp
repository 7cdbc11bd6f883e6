#include "providers/providers.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <utility>

#include "base/worker.h"

namespace herald::providers {
namespace {

std::string joined(const std::vector<domain::Channel>& channels) {
  std::string text;
  for (const auto channel : channels)
    text += (text.empty() ? "" : ",") + std::string(domain::to_string(channel));
  return text;
}

}  // namespace

Providers::Providers(Options options, const Surroundings& surroundings)
    : options_(std::move(options)),
      surroundings_(surroundings),
      registry_(options_.routes),
      administration_(options_, registry_, surroundings_) {}

Providers::~Providers() {
  stop_all(surroundings_.clock.mono());
}

void Providers::start(const Outlets& outlets, const std::function<bool()>& cancelled) {
  const KeptState kept = read_kept(outlets.kept.load(), surroundings_.log);
  if (!try_files(Launch(options_, surroundings_, outlets.inbound, kept), cancelled)) return;
  std::vector<Guard*> guards;
  for (const auto& guard : guards_)
    guards.push_back(guard.get());
  for (const auto& unserved : administration_.open(outlets, kept, std::move(guards))) {
    surroundings_.log.error("provider.channel_unserved",
                            {{"channel", domain::to_string(unserved.channel)},
                             {"provider_name", unserved.wanted},
                             {"error",
                              "the route of this channel names a provider that is not running, is disabled or does not "
                              "offer it; put its plugin into the plugin folder, enable it, or change the route"}});
  }
  warn_of_unused_settings();
}

bool Providers::try_files(const Launch& launch, const std::function<bool()>& cancelled) {
  const auto folder = PluginFolder::open(options_);
  const auto files = folder ? folder->files() : tl::make_unexpected(folder.error());
  if (!files) {
    surroundings_.log.error("provider.folder_unusable",
                            {{"error", files.error().message}, {"effect", "the host runs without providers"}});
    return true;
  }
  std::set<std::filesystem::path> in_use;
  for (const auto& file : *files) {
    if (cancelled()) return false;
    auto candidate = folder->examine(file);
    if (!candidate) {
      refuse(refused_file(file, candidate.error().message));
      continue;
    }
    in_use.insert(candidate->copy);
    take(launch, *candidate);
  }
  folder->remove_copies_except(in_use);
  return true;
}

void Providers::take(const Launch& launch, const Candidate& candidate) {
  auto info = info_of(candidate.descriptor, refused_file(candidate.source, {}).file_name);
  const auto refuse_for = [&](const base::Error& error) {
    info.reason = error.message;
    refuse(info);
  };
  if (auto free = registry_.check_free(info.name); !free) return refuse_for(free.error());
  auto guard = launch.start(candidate);
  if (!guard) return refuse_for(guard.error());
  if (auto added = registry_.add(info); !added) return refuse_for(added.error());
  announce(info);
  guards_.push_back(std::move(*guard));
}

void Providers::refuse(domain::ProviderInfo info) {
  surroundings_.log.error("provider.refused",
                          {{"provider_name", info.name}, {"file", info.file_name}, {"reason", info.reason}});
  registry_.refuse(std::move(info));
}

void Providers::announce(const domain::ProviderInfo& info) {
  surroundings_.log.info("provider.started", {{"provider_name", info.name},
                                              {"version", info.version},
                                              {"channels", joined(info.channels)},
                                              {"abi", info.abi_version},
                                              {"sdk", info.sdk_version},
                                              {"file", info.file_name}});
}

void Providers::warn_of_unused_settings() {
  const auto guard_of = [this](const std::string& name) {
    const auto found =
        std::find_if(guards_.begin(), guards_.end(), [&](const auto& guard) { return guard->name() == name; });
    return found == guards_.end() ? nullptr : found->get();
  };
  for (const auto& [name, profile] : options_.provider_faults) {
    const Guard* const guard = guard_of(name);
    if (guard != nullptr && guard->injects_faults()) continue;
    surroundings_.log.warn(
        "provider.setting_unused",
        {{"provider_name", name},
         {"setting", "fault injection"},
         {"error", guard == nullptr ? "no provider of this name runs" : "this provider does not inject faults"}});
  }
  for (const auto& [name, config] : options_.provider_config) {
    if (guard_of(name) != nullptr) continue;
    surroundings_.log.warn(
        "provider.setting_unused",
        {{"provider_name", name}, {"setting", "configuration"}, {"error", "no provider of this name runs"}});
  }
}

std::vector<domain::ProviderPort*> Providers::ports() const {
  std::vector<domain::ProviderPort*> out;
  for (const auto& guard : guards_)
    out.push_back(guard.get());
  return out;
}

std::size_t Providers::stop_all(base::MonoTime deadline) {
  administration_.close();
  if (guards_.empty()) return 0;
  registry_.mark_draining();
  registry_.settle();
  std::atomic<std::size_t> abandoned{0};
  {
    std::vector<base::Worker> stopping;  // joined at the end of this block
    for (auto& guard : guards_) {
      stopping.emplace_back("provider-stop", [&abandoned, &guard, deadline] {
        if (!guard->stop(deadline)) ++abandoned;
      });
    }
  }
  return abandoned;
}

}  // namespace herald::providers
