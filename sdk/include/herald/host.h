// What the host does for a provider: log, clocks, random numbers, metrics, and taking what carriers bring.
#ifndef HERALD_HOST_H
#define HERALD_HOST_H

#include <chrono>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include <herald/inbound.h>
#include <herald/message.h>

namespace herald {

namespace detail {
struct Border;
}

/// How loud a log line is.
enum class LogLevel : std::uint32_t {
  kTrace = HERALD_LOG_TRACE,
  kDebug = HERALD_LOG_DEBUG,
  kInfo = HERALD_LOG_INFO,
  kWarn = HERALD_LOG_WARN,
  kError = HERALD_LOG_ERROR,
};

/// A number that only grows; made by `Host::counter`. One that was not declared ignores what it is given.
///
/// Threading: any thread, from configure until stop returns.
class Counter {
 public:
  Counter() noexcept = default;

  /// Adds `amount`, which is 0 or more.
  void add(double amount = 1) const noexcept {
    if (host_ != nullptr && host_->metric_record != nullptr) host_->metric_record(host_->context, handle_, amount);
  }

  /// False when the host refused the name; `add` then does nothing.
  explicit operator bool() const noexcept { return handle_ != 0; }

 private:
  friend class Host;
  Counter(const herald_host* host, std::uint32_t handle) noexcept : host_(host), handle_(handle) {}

  const herald_host* host_ = nullptr;
  std::uint32_t handle_ = 0;
};

/// A number that goes up and down; made by `Host::gauge`. One that was not declared ignores what it is given.
///
/// Threading: any thread, from configure until stop returns.
class Gauge {
 public:
  Gauge() noexcept = default;

  /// Sets the current value.
  void set(double value) const noexcept {
    if (host_ != nullptr && host_->metric_record != nullptr) host_->metric_record(host_->context, handle_, value);
  }

  /// False when the host refused the name; `set` then does nothing.
  explicit operator bool() const noexcept { return handle_ != 0; }

 private:
  friend class Host;
  Gauge(const herald_host* host, std::uint32_t handle) noexcept : host_(host), handle_(handle) {}

  const herald_host* host_ = nullptr;
  std::uint32_t handle_ = 0;
};

/// The services of the host.
///
/// Reached through `ProviderBase::host()`, and ready from configure on; in a provider's constructor it is not there
/// yet, and every function does nothing. Threading: any thread, until stop returns; every function returns at once.
/// Ownership: owned by the provider's instance; hand out references only. Source: herald_host in abi.h.
class Host {
 public:
  Host() noexcept { std::memset(&raw_, 0, sizeof raw_); }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// Writes one line of UTF-8 under the provider's name. Never log a body, a whole address or a secret.
  void log(LogLevel level, std::string_view text) const noexcept {
    if (raw_.log != nullptr) raw_.log(raw_.context, static_cast<std::uint32_t>(level), detail::as_str(text));
  }
  /// As `log`, at the level of the name.
  void debug(std::string_view text) const noexcept { log(LogLevel::kDebug, text); }
  /// As `log`, at the level of the name.
  void info(std::string_view text) const noexcept { log(LogLevel::kInfo, text); }
  /// As `log`, at the level of the name.
  void warn(std::string_view text) const noexcept { log(LogLevel::kWarn, text); }
  /// As `log`, at the level of the name.
  void error(std::string_view text) const noexcept { log(LogLevel::kError, text); }

  /// The clock of deadlines.
  TimePoint now() const noexcept {
    return raw_.monotonic_ns == nullptr ? TimePoint() : detail::time_point(raw_.monotonic_ns(raw_.context));
  }

  /// The wall clock, to the millisecond.
  std::chrono::system_clock::time_point wall_clock() const noexcept {
    const std::chrono::milliseconds since_epoch(raw_.unix_ms == nullptr ? 0 : raw_.unix_ms(raw_.context));
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(since_epoch));
  }

  /// 64 random bits; the same ones in every run when the host runs on a seed. Not for secrets.
  std::uint64_t random() const noexcept { return raw_.random == nullptr ? 0 : raw_.random(raw_.context); }

  /// Declares a counter, inside `configure`. `name` matches [a-z][a-z0-9_]{0,63}, and operators see it as
  /// herald_plugin_<name>; `help` is one sentence. A name declared before gives the same counter. The result is false
  /// when the host refuses: a wrong name, a gauge of that name, or more than 64 metrics.
  Counter counter(std::string_view name, std::string_view help) const noexcept {
    return {&raw_, declare(HERALD_METRIC_COUNTER, name, help)};
  }

  /// Declares a gauge; otherwise as `counter`.
  Gauge gauge(std::string_view name, std::string_view help) const noexcept {
    return {&raw_, declare(HERALD_METRIC_GAUGE, name, help)};
  }

  /// A table of the host's by id, or null when this host does not offer it. Valid until the instance is destroyed.
  const void* extension(std::string_view id) const noexcept {
    return raw_.extension == nullptr ? nullptr : raw_.extension(raw_.context, detail::as_str(id));
  }

  /// Hands over what the provider learned by itself, such as over a connection of its own or by polling: 1 to
  /// HERALD_EMIT_MAX messages and receipts, all of which are stored, or nothing. (What a carrier calls back with goes
  /// to the `Emitter` of `webhook`.) After `Status::ok()` the host calls `done`, if there is one, exactly once and
  /// before the instance is destroyed; confirm to the carrier only then. Otherwise `done` is dropped uncalled: invalid
  /// for what `Emitter` would refuse, unsupported when the host offers no herald.inbound/1, HERALD_E_STATE outside of
  /// start to stop. In `done`, invalid means that a message breaks the host's rules, unavailable that it may be tried
  /// again. Nothing is kept of the arguments. Source: HERALD_EXT_INBOUND in abi_inbound.h.
  Status emit(const std::vector<InboundMessage>& messages, const std::vector<Receipt>& receipts,
              Emitted done = Emitted()) const;

 private:
  friend class ProviderBase;
  friend struct detail::Border;

  // Called once, before the instance is used by anyone else.
  void attach(const herald_host* raw) noexcept { raw_ = detail::read_sized<herald_host>(raw); }

  std::uint32_t declare(std::uint32_t kind, std::string_view name, std::string_view help) const noexcept {
    if (raw_.metric_declare == nullptr) return 0;
    return raw_.metric_declare(raw_.context, kind, detail::as_str(name), detail::as_str(help));
  }

  herald_host raw_;
};

}  // namespace herald

#endif  // HERALD_HOST_H
