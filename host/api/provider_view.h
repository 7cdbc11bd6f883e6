// What is known of the plugins, gathered from the rooms that know it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/ports.h"
#include "observe/metrics.h"
#include "store/store.h"

namespace herald::api {

// All that is known of one plugin.
struct ProviderView {
  domain::ProviderInfo info;
  std::optional<domain::LaneView> lane;                // nothing when no lane of that name runs
  store::QueueDepth depth;                             // of the messages that are routed to it
  std::vector<domain::ProviderInfo> others;            // files of the same name that are refused
  const observe::ProviderMetrics* counters = nullptr;  // lives as long as the metrics; null for a refused file
};

// Borrowed for one call.
struct ProviderSources {
  const domain::ProviderAdmin& plugins;
  const domain::BreakerView& breakers;
  const store::Reader& reader;
  observe::Metrics& metrics;
};

// Every plugin, in the order in which the providers' room lists them. The error is the store's. Any thread.
base::Result<std::vector<ProviderView>> provider_views(const ProviderSources& sources);

// The one of that name; of several the one that is not refused, since only that one can have it rightly.
const ProviderView* named(const std::vector<ProviderView>& providers, std::string_view name);

}  // namespace herald::api
