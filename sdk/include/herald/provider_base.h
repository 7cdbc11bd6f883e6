// What synchronous and asynchronous providers share: the life cycle and the host's services.
#ifndef HERALD_PROVIDER_BASE_H
#define HERALD_PROVIDER_BASE_H

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <herald/host.h>
#include <herald/inbound.h>
#include <herald/pending.h>
#include <herald/status.h>
#include <herald/webhook.h>

namespace herald {

namespace detail {
struct Border;
}

/// The life cycle of a provider; derive from `Provider` or `AsyncProvider`, never from this class.
///
/// An instance lives through construction -> configure -> start -> messages -> drain -> stop -> destruction, and runs
/// once. Threading: construction, configure, start, drain, stop and destruction come one at a time from threads of the
/// host; messages and webhooks may come beside configure and drain. An exception that leaves any of these functions is
/// caught, is logged, and fails that one call (HERALD_E_INTERNAL). Source: "Life of an instance" in abi.h.
class ProviderBase {
 public:
  ProviderBase() = default;
  ProviderBase(const ProviderBase&) = delete;
  ProviderBase& operator=(const ProviderBase&) = delete;
  virtual ~ProviderBase() = default;

  /// Takes the whole configuration: a JSON object, "{}" when the operator gave none, in UTF-8, valid during the call.
  /// Called before start, and again whenever the operator changes it, also beside messages. Anything but `Status::ok()`
  /// refuses it, and the former configuration must stay in force. Metrics are declared here. A provider that does not
  /// override it refuses every configuration but the empty one.
  virtual Status configure(std::string_view json) {
    std::string text(json);
    text.erase(std::remove_if(text.begin(), text.end(),
                              [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }),
               text.end());
    if (text == "{}") return Status::ok();
    return Status::invalid(
        "this provider has no settings, but its configuration is not the empty object {}; remove it");
  }

  /// Opens connections and starts threads; messages come after `Status::ok()`. After any other result, or an exception,
  /// the instance is destroyed without `stop`.
  virtual Status start() { return Status::ok(); }

  /// Answers one request of the provider's carrier, and gathers what it brought in `inbox`. The host stores that as a
  /// whole, and then sends the answer; when it cannot be stored, the carrier gets 503 and tries again. An answer of 400
  /// and above stores nothing. Whoever calls is unknown: check a signature or a secret first. Only a provider that
  /// overrides it, once, takes webhooks at all. May block until `request.deadline()`; an exception discards what was
  /// gathered, and the carrier gets 502. Threading: up to four threads at once, beside messages and `configure`.
  /// Lifetime: both arguments are valid until it returns. Source: herald_webhook in abi_inbound.h.
  virtual WebhookResponse webhook(const WebhookRequest& request, Emitter& inbox) {
    static_cast<void>(request);
    static_cast<void>(inbox);
    return WebhookResponse::text(404, "this provider takes no webhooks");
  }

  /// Finishes what was taken, until `deadline` on `Host::now()`'s clock. As it stands it waits until every message is
  /// completed; override it when something must be pushed out first, and call this one then.
  virtual Status drain(TimePoint deadline) {
    if (gate_->wait_until_idle(host_, deadline)) return Status::ok();
    return Status::timed_out(std::to_string(gate_->outstanding()) + " messages are not completed by the deadline");
  }

  /// Joins every thread of the provider and lets every `Pending` go. Called once, only after a successful start. Once
  /// it has returned, completions have no effect.
  virtual void stop() {}

 protected:
  /// The services of the host; ready from configure on.
  const Host& host() const noexcept { return host_; }

 private:
  friend struct detail::Border;
  friend class Provider;
  friend class AsyncProvider;

  enum class State { kCreated, kConfigured, kRunning, kStopped };

  void attach(const herald_host* host) noexcept { host_.attach(host); }
  virtual void dispatch(Batch batch) = 0;

  Host host_;
  std::shared_ptr<detail::CompletionGate> gate_ = std::make_shared<detail::CompletionGate>();
  std::atomic<State> state_{State::kCreated};
  std::string configure_error_;  // of the last configure: the host reads it until the next
};

}  // namespace herald

#endif  // HERALD_PROVIDER_BASE_H
