#include "providers/host_services.h"

#include <chrono>
#include <cmath>
#include <utility>

#include "providers/plain_text.h"

namespace herald::providers {
namespace {

using observe::LogLevel;

constexpr std::size_t kMaxMetricNameBytes = 64;
constexpr std::size_t kMaxHelpBytes = 200;

LogLevel level_of(std::uint32_t level) {
  constexpr std::array kLevels{LogLevel::kTrace, LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn, LogLevel::kError};
  return level < kLevels.size() ? kLevels.at(level) : LogLevel::kError;  // unknown: better seen than lost
}

}  // namespace

// C functions: nothing may be thrown into the plugin, so each is noexcept. What could throw is memory that has run out,
// and that ends the process.
struct HostServices::Calls {
  static HostServices& of(void* context) { return *static_cast<HostServices*>(context); }

  static void log(void* context, std::uint32_t level, herald_str text) noexcept { of(context).log(level, text); }

  static std::int64_t monotonic_ns(void* context) noexcept { return of(context).mono().time_since_epoch().count(); }

  static std::int64_t unix_ms(void* context) noexcept {
    HostServices& self = of(context);
    const base::MutexLock lock(self.mutex_);
    return self.attached_ ? base::unix_ms(self.surroundings_.clock.wall()) : 0;
  }

  static std::uint64_t random(void* context) noexcept {
    HostServices& self = of(context);
    const base::MutexLock lock(self.mutex_);
    return self.random_.next();
  }

  static std::uint32_t metric_declare(void* context, std::uint32_t kind, herald_str name, herald_str help) noexcept {
    return of(context).declare(kind, name, help);
  }

  static void metric_record(void* context, std::uint32_t metric, double value) noexcept {
    of(context).record(metric, value);
  }

  static const void* extension(void* context, herald_str id) noexcept {
    return view_of(id) == HERALD_EXT_INBOUND ? of(context).inbound_ : nullptr;
  }
};

HostServices::HostServices(std::string provider, Surroundings surroundings, std::uint64_t seed,
                           const herald_inbound* inbound)
    : provider_(std::move(provider)), surroundings_(surroundings), inbound_(inbound), random_(seed) {
  table_.struct_size = sizeof table_;
  table_.abi_major = HERALD_ABI_MAJOR;
  table_.abi_minor = HERALD_ABI_MINOR;
  table_.context = this;
  table_.log = Calls::log;
  table_.monotonic_ns = Calls::monotonic_ns;
  table_.unix_ms = Calls::unix_ms;
  table_.random = Calls::random;
  table_.metric_declare = Calls::metric_declare;
  table_.metric_record = Calls::metric_record;
  table_.extension = Calls::extension;
}

void HostServices::detach() {
  const base::MutexLock lock(mutex_);
  attached_ = false;
}

base::MonoTime HostServices::mono() {
  const base::MutexLock lock(mutex_);
  return attached_ ? surroundings_.clock.mono() : base::MonoTime{std::chrono::steady_clock::now()};
}

void HostServices::say(LogLevel level, std::string_view event, std::initializer_list<observe::Field> fields) {
  const base::MutexLock lock(mutex_);
  if (attached_) surroundings_.log.write(level, event, fields);
}

void HostServices::log(std::uint32_t level, herald_str text) {
  const LogLevel as = level_of(level);
  const std::string line = one_line(view_of(text), kMaxLogBytes);
  const base::MutexLock lock(mutex_);
  if (as >= LogLevel::kWarn) complaint_ = line;
  if (!attached_ || !surroundings_.log.enabled(as)) return;
  surroundings_.log.write(as, "plugin.log", {{"provider_name", provider_}, {"text", line}});
}

std::string HostServices::take_complaint() {
  const base::MutexLock lock(mutex_);
  return std::exchange(complaint_, {});
}

std::uint32_t HostServices::declare(std::uint32_t kind, herald_str name, herald_str help) {
  using Kind = observe::Metrics::PluginMetricKind;
  if (kind != HERALD_METRIC_COUNTER && kind != HERALD_METRIC_GAUGE) return 0;
  if (view_of(name).size() > kMaxMetricNameBytes) return 0;
  const bool counter = kind == HERALD_METRIC_COUNTER;
  const std::string described = one_line(view_of(help), kMaxHelpBytes);
  const base::MutexLock lock(mutex_);
  if (!attached_) return 0;
  auto* const instrument =
      surroundings_.metrics.plugin_metric(provider_, counter ? Kind::kCounter : Kind::kGauge, view_of(name), described);
  if (instrument == nullptr) return 0;
  for (std::size_t i = 0; i < metric_count_; ++i) {
    if (metrics_.at(i).instrument == instrument) return static_cast<std::uint32_t>(i + 1);
  }
  if (metric_count_ == kMaxMetrics) return 0;
  metrics_.at(metric_count_) = Metric{instrument, counter};
  return static_cast<std::uint32_t>(++metric_count_);
}

void HostServices::record(std::uint32_t metric, double value) {
  const base::MutexLock lock(mutex_);
  if (!attached_ || metric == 0 || metric > metric_count_) return;
  const Metric& known = metrics_.at(metric - 1);
  // One wrong sum would spoil a counter for good: it takes finite growth only.
  if (!std::isfinite(value) || (known.counter && value < 0)) return;
  known.instrument->record(value);
}

}  // namespace herald::providers
