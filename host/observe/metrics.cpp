#include "observe/metrics.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <nlohmann/json.hpp>

#include "observe/metrics_internal.h"

namespace herald::observe {
namespace {

constexpr std::size_t kMaxPluginMetrics = 64;  // per provider, as abi.h says
constexpr std::size_t kMaxNameLength = 64;
constexpr std::int64_t kBreakerOpen = 2;  // ProviderMetrics::breaker_state

// [a-z][a-z0-9_]{0,63}, as abi.h says.
bool is_plugin_metric_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameLength || name[0] < 'a' || name[0] > 'z') return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::string flat_prefix(std::string_view provider) {
  std::string prefix = "provider_" + std::string(provider) + "_";
  std::replace(prefix.begin(), prefix.end(), '-', '_');
  return prefix;
}

}  // namespace

void Histogram::observe(std::chrono::nanoseconds duration) {
  const auto elapsed = std::max(duration, std::chrono::nanoseconds{0});
  const double seconds = std::chrono::duration<double>(elapsed).count();
  const auto* const bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  buckets_.at(static_cast<std::size_t>(bound - kBounds.begin())).fetch_add(1, std::memory_order_relaxed);
  sum_ns_.fetch_add(static_cast<std::uint64_t>(elapsed.count()), std::memory_order_relaxed);
}

void Metrics::PluginMetric::record(double value) {
  if (kind_ == PluginMetricKind::kGauge) {
    value_.store(value, std::memory_order_relaxed);
    return;
  }
  // A counter only grows; what would take it back or spoil it for good is not added.
  if (std::isfinite(value) && value > 0) value_.fetch_add(value, std::memory_order_relaxed);
}

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

ProviderMetrics& Metrics::provider(std::string_view name) {
  const base::MutexLock lock(impl_->mutex);
  auto found = impl_->providers.find(name);
  if (found == impl_->providers.end())
    found = impl_->providers.emplace(std::string(name), std::make_unique<ProviderMetrics>()).first;
  return *found->second;
}

Metrics::PluginMetric* Metrics::plugin_metric(std::string_view provider, PluginMetricKind kind, std::string_view name,
                                              std::string_view help) {
  if (!is_plugin_metric_name(name)) return nullptr;
  const base::MutexLock lock(impl_->mutex);
  auto family = impl_->plugin_families.find(name);
  if (family != impl_->plugin_families.end()) {
    if (family->second.kind != kind) return nullptr;
    const auto own = family->second.by_provider.find(provider);
    if (own != family->second.by_provider.end()) return own->second.get();
  }
  std::size_t& count = impl_->plugin_metric_counts[std::string(provider)];
  if (count >= kMaxPluginMetrics) return nullptr;
  if (family == impl_->plugin_families.end()) {
    family = impl_->plugin_families.try_emplace(std::string(name)).first;
    family->second.kind = kind;
    family->second.help = help;
  }
  ++count;
  // The constructor is private to Metrics, so make_unique cannot reach it.
  std::unique_ptr<PluginMetric> metric(new PluginMetric(kind));
  return family->second.by_provider.emplace(std::string(provider), std::move(metric)).first->second.get();
}

std::string Metrics::flat_json(base::WallTime now) const {
  using Pair = std::pair<const char*, Counter ProviderMetrics::*>;
  constexpr std::array kSums{Pair{"dispatch_attempts", &ProviderMetrics::attempts},
                             Pair{"dispatch_success", &ProviderMetrics::success},
                             Pair{"dispatch_rate_limited", &ProviderMetrics::rate_limited},
                             Pair{"dispatch_error", &ProviderMetrics::error},
                             Pair{"dispatch_rejected", &ProviderMetrics::rejected},
                             Pair{"breaker_transitions", &ProviderMetrics::breaker_transitions}};
  constexpr std::array kPerProvider{
      Pair{"attempts", &ProviderMetrics::attempts}, Pair{"success", &ProviderMetrics::success},
      Pair{"rate_limited", &ProviderMetrics::rate_limited}, Pair{"error", &ProviderMetrics::error},
      Pair{"breaker_transitions", &ProviderMetrics::breaker_transitions}};
  nlohmann::ordered_json flat;
  flat["ts_unix_ms"] = base::unix_ms(now);
  flat["rate_limited"] = rate_limited.value();
  const base::MutexLock lock(impl_->mutex);
  flat["breaker_open"] = std::count_if(impl_->providers.begin(), impl_->providers.end(), [](const auto& provider) {
    return provider.second->breaker_state.value() == kBreakerOpen;
  });
  for (const Pair& sum : kSums) {
    std::uint64_t total = 0;
    for (const auto& provider : impl_->providers)
      total += ((*provider.second).*sum.second).value();
    flat[sum.first] = total;
  }
  flat["invalid_routing"] = invalid_routing.value();
  for (const auto& provider : impl_->providers) {
    const std::string prefix = flat_prefix(provider.first);
    for (const Pair& counter : kPerProvider)
      flat[prefix + counter.first] = ((*provider.second).*counter.second).value();
  }
  return flat.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace herald::observe
