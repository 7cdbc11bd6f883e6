#include <cmath>
#include <limits>
#include <sstream>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "observe/metrics_internal.h"
#include "observe/process_stats.h"

namespace herald::observe {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// The serializer writes a help text as it is; the format wants its backslashes and newlines escaped.
std::string escaped_help(const std::string& help) {
  std::string out;
  for (const char c : help) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}

ClientMetric labelled(const std::string& provider) {
  ClientMetric metric;
  if (!provider.empty()) metric.label.push_back({"provider", provider});
  return metric;
}

ClientMetric counter_sample(double value, const std::string& provider = {}) {
  ClientMetric metric = labelled(provider);
  metric.counter.value = value;
  return metric;
}

ClientMetric gauge_sample(double value, const std::string& provider = {}) {
  ClientMetric metric = labelled(provider);
  metric.gauge.value = value;
  return metric;
}

// The count is the sum of the buckets as they were read, so that the two never contradict each other.
ClientMetric histogram_sample(const Histogram& histogram, const std::string& provider = {}) {
  ClientMetric metric = labelled(provider);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i <= Histogram::kBounds.size(); ++i) {
    seen += histogram.bucket(i);
    const bool last = i == Histogram::kBounds.size();
    metric.histogram.bucket.push_back(
        {seen, last ? std::numeric_limits<double>::infinity() : Histogram::kBounds.at(i)});
  }
  metric.histogram.sample_count = seen;
  metric.histogram.sample_sum = static_cast<double>(histogram.sum_ns()) / 1e9;
  return metric;
}

using Families = std::vector<MetricFamily>;

MetricFamily& add_family(Families& families, const char* name, const char* help, MetricType type) {
  families.push_back({name, help, type, {}});
  return families.back();
}

void add(Families& families, const char* name, const char* help, const Counter& counter) {
  const auto sample = counter_sample(static_cast<double>(counter.value()));
  add_family(families, name, help, MetricType::Counter).metric.push_back(sample);
}

void add(Families& families, const char* name, const char* help, const Gauge& gauge) {
  const auto sample = gauge_sample(static_cast<double>(gauge.value()));
  add_family(families, name, help, MetricType::Gauge).metric.push_back(sample);
}

void add(Families& families, const char* name, const char* help, const Histogram& histogram) {
  add_family(families, name, help, MetricType::Histogram).metric.push_back(histogram_sample(histogram));
}

template <typename Number>
void add_known(Families& families, const char* name, const char* help, MetricType type,
               const std::optional<Number>& value) {
  if (!value) return;
  ClientMetric sample;
  (type == MetricType::Counter ? sample.counter.value : sample.gauge.value) = static_cast<double>(*value);
  add_family(families, name, help, type).metric.push_back(sample);
}

void add_inbound(Families& families, const Metrics& metrics) {
  add(families, "herald_inbound_accepted_total", "New messages from carriers, committed.", metrics.inbound_accepted);
  add(families, "herald_inbound_duplicate_total", "Messages from carriers that had been stored before.",
      metrics.inbound_duplicate);
  add(families, "herald_inbound_refused_total", "Malformed events from carriers, of which nothing is stored.",
      metrics.inbound_refused);
  add(families, "herald_receipts_applied_total", "Delivery receipts that moved their message.",
      metrics.receipts_applied);
  add(families, "herald_receipts_parked_total", "Delivery receipts that came before their message had settled.",
      metrics.receipts_parked);
  add(families, "herald_receipts_ignored_total",
      "Delivery receipts that said nothing new or came for a message that is not dispatched.",
      metrics.receipts_ignored);
}

void add_access(Families& families, const Metrics& metrics) {
  add(families, "herald_access_denied_total", "Calls without a key that is good (401).", metrics.access_denied);
  add(families, "herald_access_forbidden_total", "Calls whose key does not cover them (403).",
      metrics.access_forbidden);
  add(families, "herald_access_limited_total", "Calls without a key that is good, from an address denied too often.",
      metrics.access_limited);
  add(families, "herald_webhooks_unsigned_total", "Inbound webhooks without a signature that is good (401).",
      metrics.webhooks_unsigned);
  add(families, "herald_webhooks_replayed_total", "Inbound webhooks that had been taken before (409).",
      metrics.webhooks_replayed);
  add(families, "herald_access_files_refused", "Files of keys or secrets whose present state cannot be used.",
      metrics.access_files_refused);
}

void add_host(Families& families, const Metrics& metrics) {
  add(families, "herald_messages_accepted_total", "New messages committed and answered with 202.", metrics.accepted);
  add(families, "herald_requests_invalid_total", "Requests refused by validation (400).", metrics.refused_invalid);
  add(families, "herald_requests_rate_limited_total", "Requests refused by the host's own limits (429).",
      metrics.rate_limited);
  add(families, "herald_invalid_routing_total", "Requests for a channel that no provider serves.",
      metrics.invalid_routing);
  add(families, "herald_queue_full_total",
      "Requests refused (503) because too many messages wait for their provider, or came in too fast to be stored.",
      metrics.queue_full);
  add(families, "herald_http_requests_total", "HTTP requests answered.", metrics.http_requests);
  add(families, "herald_http_framing_errors_total", "HTTP requests refused for their framing.",
      metrics.http_framing_errors);
  add(families, "herald_http_connections", "Open HTTP connections.", metrics.http_connections);
  add(families, "herald_http_request_duration_seconds", "From a request's head read to its answer handed over.",
      metrics.http_latency);
  add(families, "herald_store_commits_total", "Transactions committed to disk.", metrics.commits);
  add(families, "herald_store_commit_failures_total", "Transactions that could not be committed.",
      metrics.commit_failures);
  add(families, "herald_store_commands_total", "Commands applied, in all transactions together.", metrics.commands);
  add(families, "herald_store_checkpoints_total", "Checkpoints of the write-ahead log.", metrics.checkpoints);
  add(families, "herald_store_wal_bytes", "Size of the write-ahead log.", metrics.wal_bytes);
  add(families, "herald_writer_stalled_seconds", "For how long the writer has not come back from a step.",
      metrics.writer_stalled_seconds);
  add(families, "herald_store_commit_duration_seconds", "Duration of a transaction with its commit.",
      metrics.commit_latency);
  add(families, "herald_messages_expired_total", "Messages whose time-to-live passed before a provider took them.",
      metrics.expired);
  add(families, "herald_dispatch_retries_total", "Attempts put off to a later moment.", metrics.retries);
  add(families, "herald_dispatcher_stalled_seconds", "For how long the dispatcher has not come back from a step.",
      metrics.dispatcher_stalled_seconds);
}

using Providers = std::map<std::string, std::unique_ptr<ProviderMetrics>, std::less<>>;

void add(Families& families, const char* name, const char* help, const Providers& providers,
         Counter ProviderMetrics::*counter) {
  auto& family = add_family(families, name, help, MetricType::Counter);
  for (const auto& provider : providers)
    family.metric.push_back(counter_sample(static_cast<double>(((*provider.second).*counter).value()), provider.first));
}

void add(Families& families, const char* name, const char* help, const Providers& providers,
         Gauge ProviderMetrics::*gauge) {
  auto& family = add_family(families, name, help, MetricType::Gauge);
  for (const auto& provider : providers)
    family.metric.push_back(gauge_sample(static_cast<double>(((*provider.second).*gauge).value()), provider.first));
}

void add(Families& families, const char* name, const char* help, const Providers& providers,
         Histogram ProviderMetrics::*histogram) {
  auto& family = add_family(families, name, help, MetricType::Histogram);
  for (const auto& provider : providers)
    family.metric.push_back(histogram_sample((*provider.second).*histogram, provider.first));
}

void add_providers(Families& families, const Providers& providers) {
  using P = ProviderMetrics;
  add(families, "herald_dispatch_attempts_total", "Settled calls of the provider.", providers, &P::attempts);
  add(families, "herald_dispatch_success_total", "Calls after which the provider had the message.", providers,
      &P::success);
  add(families, "herald_dispatch_rate_limited_total", "Calls that the provider answered with 'not so fast'.", providers,
      &P::rate_limited);
  add(families, "herald_dispatch_error_total", "Calls that failed, timeouts among them.", providers, &P::error);
  add(families, "herald_dispatch_timeout_total", "Calls without an answer by the deadline.", providers, &P::timeout);
  add(families, "herald_dispatch_rejected_total", "Messages that the provider refused for good.", providers,
      &P::rejected);
  add(families, "herald_dispatch_late_completions_total", "Outcomes that came after the call was given up.", providers,
      &P::late_completions);
  add(families, "herald_dispatch_invalid_completions_total", "Outcomes given twice or for nothing submitted.",
      providers, &P::invalid_completions);
  add(families, "herald_webhook_requests_total", "Requests of carriers to the provider.", providers,
      &P::webhook_requests);
  add(families, "herald_webhook_failures_total", "Requests of carriers that the provider did not get to answer.",
      providers, &P::webhook_failures);
  add(families, "herald_dispatch_duration_seconds", "From submit to outcome.", providers, &P::dispatch_latency);
  add(families, "herald_breaker_transitions_total", "Changes of the breaker's state.", providers,
      &P::breaker_transitions);
  add(families, "herald_breaker_state", "The breaker: 0 closed, 1 half-open, 2 open.", providers, &P::breaker_state);
  add(families, "herald_queue_waiting", "Messages that wait for the provider.", providers, &P::queue_waiting);
  add(families, "herald_dispatch_in_flight", "Messages that the provider has at this moment.", providers,
      &P::in_flight);
  add(families, "herald_lane_stalled_seconds",
      "For how long the provider's lane has made no progress although it had work and was free to do it.", providers,
      &P::stalled_seconds);
}

void add_process(Families& families) {
  const ProcessStats stats = read_process_stats();
  add_known(families, "process_resident_memory_bytes", "Resident memory size in bytes.", MetricType::Gauge,
            stats.resident_bytes);
  add_known(families, "process_open_fds", "Number of open file descriptors.", MetricType::Gauge,
            stats.open_descriptors);
  add_known(families, "process_max_fds", "Maximum number of open file descriptors.", MetricType::Gauge,
            stats.max_descriptors);
  add_known(families, "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
            MetricType::Counter, stats.cpu_seconds);
  add_known(families, "process_start_time_seconds", "Start time of the process since the Unix epoch in seconds.",
            MetricType::Gauge, stats.start_unix_seconds);
}

MetricFamily plugin_family(const std::string& name, const PluginFamily& plugins) {
  const bool counter = plugins.kind == Metrics::PluginMetricKind::kCounter;
  MetricFamily family{
      "herald_plugin_" + name, escaped_help(plugins.help), counter ? MetricType::Counter : MetricType::Gauge, {}};
  for (const auto& entry : plugins.by_provider) {
    const double value = entry.second->value();
    family.metric.push_back(counter ? counter_sample(value, entry.first) : gauge_sample(value, entry.first));
  }
  return family;
}

}  // namespace

std::string Metrics::prometheus_text() const {
  Families families;
  add_host(families, *this);
  add_inbound(families, *this);
  add_access(families, *this);
  {
    const base::MutexLock lock(impl_->mutex);
    if (!impl_->providers.empty()) add_providers(families, impl_->providers);
    for (const auto& family : impl_->plugin_families)
      families.push_back(plugin_family(family.first, family.second));
  }
  add_process(families);
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return out.str();
}

}  // namespace herald::observe
