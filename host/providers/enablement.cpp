#include "providers/enablement.h"

namespace herald::providers {

void Enablement::begin(const KeptState& kept) {
  registry_.set_incumbents(kept.incumbents);
  keeper_.start_with(kept);
}

void Enablement::admit(const std::string& provider) {
  // One that is not here now, or is refused, stays disabled for the day on which it comes back.
  if (!keeper_.state().disabled.contains(provider)) return;
  if (!registry_.set_enabled(provider, false)) return;
  lanes_.set_paused(provider, true);
  log_.info("provider.disabled", {{"provider_name", provider}, {"since", "it ran last"}});
}

std::vector<Registry::Unserved> Enablement::settle() {
  auto unserved = registry_.settle();
  keeper_.keep_incumbents(registry_.incumbents());
  return unserved;
}

void Enablement::rearrange() {
  move_channels();
  keeper_.keep_incumbents(registry_.incumbents());
}

base::Status Enablement::set(const std::string& provider, bool enabled, const std::shared_ptr<Patience>& patience) {
  const bool was_enabled = registry_.enabled(provider);
  if (auto known = registry_.set_enabled(provider, enabled); !known) return known;
  if (was_enabled == enabled) return {};
  const Registry::Holders former = registry_.incumbents();
  lanes_.set_paused(provider, !enabled);
  move_channels();
  if (auto kept = keeper_.keep_enabled(provider, enabled, patience); !kept) {
    log_.error(
        "provider.change_undone",
        {{"provider_name", provider}, {"change", enabled ? "enable" : "disable"}, {"error", kept.error().message}});
    registry_.set_incumbents(former);
    static_cast<void>(registry_.set_enabled(provider, was_enabled));  // it has passed above
    lanes_.set_paused(provider, !was_enabled);
    move_channels();
    return kept;
  }
  keeper_.keep_incumbents(registry_.incumbents());
  log_.info(enabled ? "provider.enabled" : "provider.disabled", {{"provider_name", provider}});
  return {};
}

void Enablement::move_channels() {
  std::map<domain::Channel, std::string> before;
  for (const domain::Channel channel : domain::kChannels)
    before[channel] = registry_.route(channel).value_or("");
  registry_.settle();
  for (const auto& [channel, from] : before)
    announce(channel, from, registry_.route(channel).value_or(""));
}

void Enablement::announce(domain::Channel channel, const std::string& from, const std::string& to) {
  if (from == to) return;
  if (to.empty()) {
    log_.warn("provider.channel_unserved",
              {{"channel", domain::to_string(channel)},
               {"provider_name", from},
               {"error",
                "no provider serves this channel any more; enable one that offers it, or put one into the "
                "plugin folder"}});
    return;
  }
  log_.info("provider.channel_moved", {{"channel", domain::to_string(channel)}, {"provider_name", to}, {"from", from}});
}

}  // namespace herald::providers
