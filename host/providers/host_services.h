// The host's side of `herald_host`: log, clocks, random numbers, metrics and extensions for one instance of a plugin.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include <herald/abi.h>

#include "base/mutex.h"
#include "base/random.h"
#include "providers/surroundings.h"

namespace herald::providers {

// Any thread of the plugin's may call the table's functions, also after the contract has ended: after detach() they do
// nothing. So the object is kept until the process ends (see kept.h) and must be made by std::make_shared.
class HostServices {
 public:
  static constexpr std::size_t kMaxLogBytes = 4096;
  static constexpr std::size_t kMaxMetrics = 64;

  // `seed` is of the random numbers that the plugin draws from the host; `inbound` is what it gets as
  // HERALD_EXT_INBOUND, and lives as long as this object.
  HostServices(std::string provider, Surroundings surroundings, std::uint64_t seed, const herald_inbound* inbound);

  // The table to hand to create; valid as long as this object.
  const herald_host* table() const { return &table_; }

  const std::string& provider() const { return provider_; }

  // The host's own words about this instance, said through here so that a thread which a plugin held up, and which
  // comes back when the host has ended, says nothing.
  void say(observe::LogLevel level, std::string_view event, std::initializer_list<observe::Field> fields)
      HERALD_EXCLUDES(mutex_);

  // What the plugin logged last as a warning or an error, whether or not the log takes it; empty: nothing, or nothing
  // since it was asked.
  std::string take_complaint() HERALD_EXCLUDES(mutex_);

  // The clock of deadlines.
  base::MonoTime mono() HERALD_EXCLUDES(mutex_);

  // Afterwards the surroundings are not touched any more.
  void detach() HERALD_EXCLUDES(mutex_);

 private:
  struct Calls;  // the table's functions
  struct Metric {
    observe::Metrics::PluginMetric* instrument = nullptr;
    bool counter = false;
  };

  void log(std::uint32_t level, herald_str text) HERALD_EXCLUDES(mutex_);
  std::uint32_t declare(std::uint32_t kind, herald_str name, herald_str help) HERALD_EXCLUDES(mutex_);
  void record(std::uint32_t metric, double value) HERALD_EXCLUDES(mutex_);

  const std::string provider_;
  const Surroundings surroundings_;
  const herald_inbound* const inbound_;
  herald_host table_{};

  base::Mutex mutex_;
  bool attached_ HERALD_GUARDED_BY(mutex_) = true;
  std::string complaint_ HERALD_GUARDED_BY(mutex_);
  base::SeededRandom random_ HERALD_GUARDED_BY(mutex_);
  std::array<Metric, kMaxMetrics> metrics_ HERALD_GUARDED_BY(mutex_){};
  std::size_t metric_count_ HERALD_GUARDED_BY(mutex_) = 0;
};

}  // namespace herald::providers
