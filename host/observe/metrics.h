// What the host counts. A closed set of named instruments, so that a wrong name does not compile; rendered as
// Prometheus text and as the flat JSON object of the REST contract. prometheus-cpp stays behind metrics.cpp.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace herald::observe {

// Only grows. Any thread.
class Counter {
 public:
  void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Any thread.
class Gauge {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t change) { value_.fetch_add(change, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Counts of durations in fixed buckets, in seconds. Any thread.
class Histogram {
 public:
  // Upper bounds of the buckets in seconds; one more takes the rest.
  static constexpr std::array<double, 14> kBounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                  0.1,    0.25,  0.5,    1.0,   2.5,  5.0,   10.0};
  void observe(std::chrono::nanoseconds duration);
  std::uint64_t bucket(std::size_t index) const { return buckets_.at(index).load(std::memory_order_relaxed); }
  std::uint64_t sum_ns() const { return sum_ns_.load(std::memory_order_relaxed); }

 private:
  std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> buckets_{};
  std::atomic<std::uint64_t> sum_ns_{0};
};

// One provider's, exposed with the label provider="<name>" and, in the flat form, as provider_<name>_*.
struct ProviderMetrics {
  Counter attempts;  // calls of the provider that were settled
  Counter success;
  Counter rate_limited;
  Counter error;    // error and timeout
  Counter timeout;  // of those, the timeouts
  Counter rejected;
  Counter breaker_transitions;
  Counter late_completions;     // after the lane had given up
  Counter invalid_completions;  // double, or of an item never submitted
  Counter webhook_requests;     // of carriers, that found the provider
  Counter webhook_failures;     // of those, the ones that were not answered as the provider meant to
  Gauge breaker_state;          // 0 closed, 1 half-open, 2 open
  Gauge queue_waiting;
  Gauge in_flight;
  Gauge stalled_seconds;       // of the lane, without progress although it had work and was free to do it
  Histogram dispatch_latency;  // submit to outcome
};

// Instruments live as long as this object; a provider's are made at its first mention and stay. Any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Requests by outcome of the gates.
  Counter accepted;         // 202 for a new message
  Counter refused_invalid;  // 400 of validation
  Counter rate_limited;     // 429 answered by the host's own limits
  Counter invalid_routing;  // no provider for the channel
  Counter queue_full;
  // What carriers bring.
  Counter inbound_accepted;   // new messages
  Counter inbound_duplicate;  // messages that had been stored before
  Counter inbound_refused;    // malformed events; nothing of them is stored
  Counter receipts_applied;   // moved their message
  Counter receipts_parked;    // wait for their message to settle
  Counter receipts_ignored;   // said nothing new, or came for a message that is not dispatched
  // Access.
  Counter access_denied;       // calls without a key that is good (401)
  Counter access_forbidden;    // calls whose key does not cover them (403)
  Counter access_limited;      // of the denied, those from an address that was denied too often (429)
  Counter webhooks_unsigned;   // inbound webhooks without a signature that is good (401)
  Counter webhooks_replayed;   // inbound webhooks that had been taken before (409)
  Gauge access_files_refused;  // keys and secrets whose file cannot be read any more
  // HTTP.
  Counter http_requests;
  Counter http_framing_errors;
  Gauge http_connections;
  Histogram http_latency;  // head read to answer handed over
  // Store.
  Counter commits;
  Counter commit_failures;
  Counter commands;  // in all commits together
  Counter checkpoints;
  Gauge wal_bytes;
  Gauge writer_stalled_seconds;  // of the writer's step under way
  Histogram commit_latency;
  // Delivery.
  Counter expired;
  Counter retries;
  Gauge dispatcher_stalled_seconds;  // of the dispatcher's step under way

  ProviderMetrics& provider(std::string_view name);

  // A plugin's own metric, as abi.h declares it; exposed as herald_plugin_<name>{provider=...}. Null when the name is
  // not allowed, is taken by the other kind, or the provider has 64 already.
  enum class PluginMetricKind { kCounter, kGauge };
  class PluginMetric {
   public:
    void record(double value);  // adds to a counter, sets a gauge
    double value() const { return value_.load(std::memory_order_relaxed); }

   private:
    friend class Metrics;
    explicit PluginMetric(PluginMetricKind kind) : kind_(kind) {}
    PluginMetricKind kind_;
    std::atomic<double> value_{0.0};
  };
  PluginMetric* plugin_metric(std::string_view provider, PluginMetricKind kind, std::string_view name,
                              std::string_view help);

  // Prometheus text format 0.0.4.
  std::string prometheus_text() const;
  // The flat object of the REST contract.
  std::string flat_json(base::WallTime now) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace herald::observe
