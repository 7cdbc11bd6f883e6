// What metrics.cpp keeps and prometheus_text.cpp renders. Internal to this room.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "observe/metrics.h"

namespace herald::observe {

// One name of plugins' metrics, with the instrument of every provider that declared it.
struct PluginFamily {
  Metrics::PluginMetricKind kind = Metrics::PluginMetricKind::kCounter;
  std::string help;  // of the provider that declared it first
  std::map<std::string, std::unique_ptr<Metrics::PluginMetric>, std::less<>> by_provider;
};

struct Metrics::Impl {
  mutable base::Mutex mutex;
  std::map<std::string, std::unique_ptr<ProviderMetrics>, std::less<>> providers HERALD_GUARDED_BY(mutex);
  std::map<std::string, PluginFamily, std::less<>> plugin_families HERALD_GUARDED_BY(mutex);
  std::map<std::string, std::size_t, std::less<>> plugin_metric_counts HERALD_GUARDED_BY(mutex);
};

}  // namespace herald::observe
