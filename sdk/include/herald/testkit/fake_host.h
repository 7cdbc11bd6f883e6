// A host's services without a host: they record what a plugin does with them.
#ifndef HERALD_TESTKIT_FAKE_HOST_H
#define HERALD_TESTKIT_FAKE_HOST_H

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <herald/abi.h>
#include <herald/message.h>
#include <herald/testkit/fake_inbound.h>

namespace herald::testkit {

/// One line that the plugin logged.
struct LogLine {
  std::uint32_t level = HERALD_LOG_INFO;
  std::string text;
};

/// One metric that the plugin declared, and what it came to.
struct Metric {
  std::string name;
  std::uint32_t kind = HERALD_METRIC_COUNTER;
  double value = 0;  // the sum of a counter, the last value of a gauge
};

/// Serves one instance of a plugin: a recording log and metrics, the real clocks, and random numbers that are the same
/// in every run.
///
/// Threading: any thread. Lifetime: longer than the instance that was created with it. Source: herald_host in abi.h.
class FakeHost {
 public:
  FakeHost() {
    table_.struct_size = sizeof table_;
    table_.abi_major = HERALD_ABI_MAJOR;
    table_.abi_minor = HERALD_ABI_MINOR;
    table_.context = this;
    table_.log = &log;
    table_.monotonic_ns = &monotonic_ns;
    table_.unix_ms = &unix_ms;
    table_.random = &random;
    table_.metric_declare = &metric_declare;
    table_.metric_record = &metric_record;
    table_.extension = &extension;
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;
  ~FakeHost() = default;

  /// What a plugin's create takes.
  const herald_host* table() const { return &table_; }

  /// Every line so far, in order.
  std::vector<LogLine> log_lines() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return log_;
  }

  /// True when a line holds `text`.
  bool logged(std::string_view text) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::any_of(log_.begin(), log_.end(),
                       [text](const LogLine& line) { return line.text.find(text) != std::string::npos; });
  }

  /// The value of a metric; 0 when none of that name is declared.
  double metric(std::string_view name) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const Metric& metric : metrics_) {
      if (metric.name == name) return metric.value;
    }
    return 0;
  }

  /// Where the plugin emits what it learns by itself.
  FakeInbound& inbound() { return inbound_; }

  /// Nanoseconds of CLOCK_MONOTONIC, as the plugin sees them.
  static std::int64_t now_ns() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  }

 private:
  static FakeHost& self(void* context) { return *static_cast<FakeHost*>(context); }

  static void log(void* context, std::uint32_t level, herald_str text) {
    FakeHost& host = self(context);
    const std::lock_guard<std::mutex> lock(host.mutex_);
    host.log_.push_back({level, std::string(herald::detail::view(text))});
  }

  static std::int64_t monotonic_ns(void* /*context*/) { return now_ns(); }

  static std::int64_t unix_ms(void* /*context*/) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  }

  // A Weyl sequence: no good randomness, but never the same twice and the same in every run.
  static std::uint64_t random(void* context) {
    FakeHost& host = self(context);
    const std::lock_guard<std::mutex> lock(host.mutex_);
    return host.random_ += 0x9E3779B97F4A7C15U;
  }

  static bool is_metric_name(std::string_view name) {
    if (name.empty() || name.size() > 64 || name[0] < 'a' || name[0] > 'z') return false;
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
  }

  static std::uint32_t metric_declare(void* context, std::uint32_t kind, herald_str name, herald_str /*help*/) {
    FakeHost& host = self(context);
    const std::string_view wanted = herald::detail::view(name);
    const std::lock_guard<std::mutex> lock(host.mutex_);
    for (std::size_t index = 0; index < host.metrics_.size(); ++index) {
      if (host.metrics_[index].name != wanted) continue;
      return host.metrics_[index].kind == kind ? static_cast<std::uint32_t>(index + 1) : 0;
    }
    if (!is_metric_name(wanted) || kind > HERALD_METRIC_GAUGE || host.metrics_.size() >= 64) return 0;
    host.metrics_.push_back({std::string(wanted), kind, 0});
    return static_cast<std::uint32_t>(host.metrics_.size());
  }

  static void metric_record(void* context, std::uint32_t handle, double value) {
    FakeHost& host = self(context);
    const std::lock_guard<std::mutex> lock(host.mutex_);
    if (handle == 0 || handle > host.metrics_.size()) return;
    Metric& metric = host.metrics_[handle - 1];
    metric.value = metric.kind == HERALD_METRIC_COUNTER ? metric.value + value : value;
  }

  static const void* extension(void* context, herald_str id) {
    return herald::detail::view(id) == HERALD_EXT_INBOUND ? self(context).inbound_.table() : nullptr;
  }

  herald_host table_ = {};
  FakeInbound inbound_;
  mutable std::mutex mutex_;  // guards all below
  std::vector<LogLine> log_;
  std::vector<Metric> metrics_;
  std::uint64_t random_ = 0;
};

}  // namespace herald::testkit

#endif  // HERALD_TESTKIT_FAKE_HOST_H
