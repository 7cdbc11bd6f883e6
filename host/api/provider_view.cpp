#include "api/provider_view.h"

#include <utility>

namespace herald::api {

base::Result<std::vector<ProviderView>> provider_views(const ProviderSources& sources) {
  const auto depths = sources.reader.queue_depths();
  if (!depths) return tl::make_unexpected(depths.error());
  std::vector<ProviderView> views;
  for (auto& info : sources.plugins.list()) {
    ProviderView view;
    // A refused file has a name that only it vouches for: it gets neither another's queue nor counters of its own.
    if (info.state != domain::ProviderState::kRefused) {
      view.lane = sources.breakers.lane(info.name);
      view.counters = &sources.metrics.provider(info.name);
      for (const auto& depth : *depths) {
        if (depth.provider == info.name) view.depth = depth;
      }
    }
    view.info = std::move(info);
    views.push_back(std::move(view));
  }
  return views;
}

const ProviderView* named(const std::vector<ProviderView>& providers, std::string_view name) {
  const ProviderView* found = nullptr;
  for (const auto& provider : providers) {
    if (provider.info.name != name) continue;
    if (provider.info.state != domain::ProviderState::kRefused) return &provider;
    if (found == nullptr) found = &provider;
  }
  return found;
}

}  // namespace herald::api
