#include "api/provider_view.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace herald::api {

namespace {

// A successor that was refused, or an older version, has its provider's name.
std::vector<domain::ProviderInfo> others_of(const domain::ProviderInfo& plugin,
                                            const std::vector<domain::ProviderInfo>& all) {
  std::vector<domain::ProviderInfo> others;
  std::copy_if(all.begin(), all.end(), std::back_inserter(others), [&plugin](const domain::ProviderInfo& other) {
    return &other != &plugin && other.name == plugin.name && other.state == domain::ProviderState::kRefused;
  });
  return others;
}

}  // namespace

base::Result<std::vector<ProviderView>> provider_views(const ProviderSources& sources) {
  const auto depths = sources.reader.queue_depths();
  if (!depths) return tl::make_unexpected(depths.error());
  std::vector<ProviderView> views;
  const auto plugins = sources.plugins.list();
  for (const auto& info : plugins) {
    ProviderView view;
    view.others = others_of(info, plugins);
    // A refused file has a name that only it vouches for: it gets neither another's queue nor counters of its own.
    if (info.state != domain::ProviderState::kRefused) {
      view.lane = sources.breakers.lane(info.name);
      view.counters = &sources.metrics.provider(info.name);
      for (const auto& depth : *depths) {
        if (depth.provider == info.name) view.depth = depth;
      }
    }
    view.info = info;
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
