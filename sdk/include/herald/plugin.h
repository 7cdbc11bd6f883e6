// The border: C functions over a provider class, and the macro that exports them. Included by provider.h.
#ifndef HERALD_PLUGIN_H
#define HERALD_PLUGIN_H

#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <herald/descriptor.h>
#include <herald/faults.h>
#include <herald/inbound_border.h>
#include <herald/provider_base.h>
#include <herald/traits.h>

namespace herald {
namespace detail {

// Whether T overrides `webhook`: then the address of T::webhook is of another type than ProviderBase's, or cannot be
// taken here at all, because T declares it private or beside others of that name.
template <typename T, typename = void>
struct OverridesWebhook : std::true_type {};
template <typename T>
struct OverridesWebhook<T, std::void_t<decltype(&T::webhook)>>
    : std::bool_constant<!std::is_same_v<decltype(&T::webhook), decltype(&ProviderBase::webhook)>> {};

// Whether what T calls `webhook`, as far as it can be looked at, is a function that overrides and not one beside it.
template <typename T, typename = void>
struct WebhookFits : std::true_type {};
template <typename T>
struct WebhookFits<T, std::void_t<decltype(&T::webhook)>>
    : std::is_convertible<decltype(&T::webhook), WebhookResponse (T::*)(const WebhookRequest&, Emitter&)> {};

// The functions of the descriptor. Nothing is thrown through them; an instance is a ProviderBase*.
struct Border {
  using State = ProviderBase::State;

  static ProviderBase& self(herald_instance instance) noexcept { return *static_cast<ProviderBase*>(instance); }

  template <typename T>
  static herald_instance create(const herald_host* host) noexcept {
    if (host == nullptr) return nullptr;
    Host services;
    services.attach(host);
    return guarded(services, "create", herald_instance(nullptr), [host] {
      ProviderBase* provider = new (std::nothrow) T();
      if (provider != nullptr) provider->attach(host);
      return static_cast<herald_instance>(provider);
    });
  }

  static std::int32_t configure(herald_instance instance, herald_str json, herald_str* error) noexcept {
    ProviderBase& provider = self(instance);
    if (error != nullptr) *error = herald_str{nullptr, 0};
    if (provider.state_ == State::kStopped) return HERALD_E_STATE;
    const auto result = guarded(provider.host_, "configure", HERALD_E_INTERNAL, [&provider, json, error] {
      provider.configure_error_.clear();
      const Status status = configured(provider, view(json));
      provider.configure_error_ = as_utf8(status.reason());  // it may quote the configuration
      if (error != nullptr) *error = as_str(provider.configure_error_);
      return status.code();
    });
    if (result == HERALD_OK && provider.state_ == State::kCreated) provider.state_ = State::kConfigured;
    return result;
  }

  static std::int32_t start(herald_instance instance) noexcept {
    ProviderBase& provider = self(instance);
    if (provider.state_ != State::kConfigured) return HERALD_E_STATE;
    const auto result = guarded(provider.host_, "start", HERALD_E_INTERNAL,
                                [&provider] { return logged(provider, "start", provider.start()); });
    if (result == HERALD_OK) provider.state_ = State::kRunning;
    return result;
  }

  static std::int32_t submit(herald_instance instance, const herald_batch* batch,
                             const herald_completion* completion) noexcept {
    ProviderBase& provider = self(instance);
    if (provider.state_ != State::kRunning) return HERALD_E_STATE;
    if (batch == nullptr || batch->count == 0 || batch->messages == nullptr) return HERALD_E_INVALID;
    if (completion == nullptr || completion->complete == nullptr) return HERALD_E_INVALID;
    return guarded(provider.host_, "submit", HERALD_E_INTERNAL, [&provider, batch, completion] {
      Batch taken(provider.gate_, batch, completion);
      // From here on every message completes itself, so what is thrown below fails messages and not the call.
      guarded(provider.host_, "submit", 0, [&provider, &taken] {
        provider.dispatch(std::move(taken));
        return 0;
      });
      return HERALD_OK;
    });
  }

  static std::int32_t drain(herald_instance instance, std::int64_t deadline_ns) noexcept {
    ProviderBase& provider = self(instance);
    if (provider.state_ != State::kRunning) return HERALD_E_STATE;
    return guarded(provider.host_, "drain", HERALD_E_INTERNAL, [&provider, deadline_ns] {
      return logged(provider, "drain", provider.drain(time_point(deadline_ns)));
    });
  }

  static void stop(herald_instance instance) noexcept {
    ProviderBase& provider = self(instance);
    if (provider.state_.exchange(State::kStopped) != State::kRunning) return;
    guarded(provider.host_, "stop", 0, [&provider] {
      provider.stop();
      return 0;
    });
    provider.gate_->shut();
  }

  static void destroy(herald_instance instance) noexcept {
    if (instance == nullptr) return;
    stop(instance);  // in case the host did not, so that no thread outlives its object
    delete &self(instance);
  }

  template <typename T>
  static std::int32_t set_faults(herald_instance instance, const herald_fault_profile* raw) noexcept {
    if (raw == nullptr) return HERALD_E_INVALID;
    const auto profile = read_sized<herald_fault_profile>(raw);
    const std::uint64_t sum = std::uint64_t{profile.timeout_pct} + profile.error_pct + profile.ratelimit_pct;
    if (sum > 100 || profile.has_seed > 1) return HERALD_E_INVALID;
    FaultProfile wanted{profile.timeout_pct, profile.error_pct, profile.ratelimit_pct, {}};
    if (profile.has_seed == 1) wanted.seed = profile.seed;
    ProviderBase& provider = self(instance);
    FaultInjection& faults = static_cast<T&>(provider);
    return guarded(provider.host_, "set_faults", HERALD_E_INTERNAL,
                   [&provider, &faults, &wanted] { return logged(provider, "set_faults", faults.set_faults(wanted)); });
  }

  static std::int32_t handle(herald_instance instance, const herald_webhook_request* request,
                             const herald_webhook_exchange* exchange) noexcept {
    ProviderBase& provider = self(instance);
    if (provider.state_ != State::kRunning) return HERALD_E_STATE;
    if (request == nullptr || exchange == nullptr) return HERALD_E_INVALID;
    const auto host_side = read_sized<herald_webhook_exchange>(exchange);
    if (host_side.emit_message == nullptr || host_side.emit_receipt == nullptr || host_side.respond == nullptr)
      return HERALD_E_INVALID;
    return guarded(provider.host_, "webhook", HERALD_E_INTERNAL, [&provider, request, &host_side] {
      Emitter inbox;
      const WebhookResponse response = provider.webhook(WebhookRequest(request), inbox);
      return answer(provider.host_, inbox, response, host_side);
    });
  }

  template <typename T>
  static const void* extension(herald_str id) noexcept {
    // One that declares receipts without taking webhooks gets them another way: the table tells the host so, and
    // ProviderBase answers 404.
    if constexpr (OverridesWebhook<T>::value || T::kTraits.has_receipts()) {
      static constexpr herald_webhook kWebhook = {sizeof(herald_webhook),
                                                  T::kTraits.has_receipts() ? HERALD_WEBHOOK_RECEIPTS : 0, &handle};
      if (view(id) == HERALD_EXT_WEBHOOK) return &kWebhook;
    }
    if constexpr (std::is_base_of_v<FaultInjection, T>) {
      static constexpr herald_faults kFaults = {sizeof(herald_faults), 0, &set_faults<T>};
      if (view(id) == HERALD_EXT_FAULTS) return &kFaults;
    }
    return nullptr;
  }

 private:
  template <typename Result, typename Call>
  static Result guarded(const Host& host, std::string_view where, Result otherwise, const Call& call) noexcept {
    try {
      return call();
    } catch (const std::exception& fault) {
      log_exception(host, where, fault.what());
    } catch (...) {
      log_exception(host, where, "an exception that is no std::exception");
    }
    return otherwise;
  }

  static void log_exception(const Host& host, std::string_view where, std::string_view what) noexcept {
    try {
      host.error(as_utf8(std::string(where) + " threw: " + std::string(what)));
    } catch (...) {  // no memory for the text
      host.error("the provider threw, and there is no memory left to say what");
    }
  }

  // An exception in configure is told to the host as a reason too, because an operator waits for one.
  static Status configured(ProviderBase& provider, std::string_view json) {
    try {
      return provider.configure(json);
    } catch (const std::exception& fault) {
      log_exception(provider.host_, "configure", fault.what());
      return Status::internal(std::string("configure threw: ") + fault.what());
    }
  }

  static std::int32_t logged(const ProviderBase& provider, std::string_view where, const Status& status) {
    if (!status.is_ok()) provider.host_.warn(as_utf8(std::string(where) + ": " + status.reason()));
    return status.code();
  }
};

// The descriptor of T, filled into what the host can take.
template <typename T>
std::int32_t describe(herald_plugin* into, Identity identity) noexcept {
  static_assert(std::is_base_of_v<ProviderBase, T>, "derive from herald::Provider or herald::AsyncProvider");
  static_assert(std::is_default_constructible_v<T>, "the SDK makes instances with the default constructor");
  static_assert(!std::is_abstract_v<T>, "send or submit is not overridden");
  static_assert(WebhookFits<T>::value, "webhook is WebhookResponse webhook(const WebhookRequest&, Emitter&) override");
  constexpr Traits kTraits = T::kTraits;
  constexpr bool kBlocking = T::kThreadModel == HERALD_THREADS_BLOCKING;
  static_assert(kBlocking ? !kTraits.declares_async_limits() : !kTraits.declares_width(),
                "width is for Provider; max_batch and max_in_flight are for AsyncProvider");
  static_assert(kTraits.width() >= 1 && kTraits.width() <= 1024, "width is 1-1024");
  static_assert(kTraits.max_batch() >= 1 && kTraits.max_batch() <= 1024, "max_batch is 1-1024");
  static_assert(kTraits.max_in_flight() >= 1 && kTraits.max_in_flight() <= 65536, "max_in_flight is 1-65536");
  herald_plugin plugin = {};
  identity.fill(plugin);
  plugin.description = as_str(kTraits.description());
  plugin.thread_model = T::kThreadModel;
  plugin.max_batch = kBlocking ? 1 : kTraits.max_batch();
  plugin.max_in_flight = kBlocking ? kTraits.width() : kTraits.max_in_flight();
  plugin.config_schema = as_str(kTraits.config_schema());
  plugin.create = &Border::create<T>;
  plugin.configure = &Border::configure;
  plugin.start = &Border::start;
  plugin.submit = &Border::submit;
  plugin.drain = &Border::drain;
  plugin.stop = &Border::stop;
  plugin.destroy = &Border::destroy;
  plugin.extension = &Border::extension<T>;
  return hand_over(plugin, into);
}

}  // namespace detail
}  // namespace herald

/// Exports `Type` as the plugin of this library: its name ([a-z][a-z0-9-]{0,31}), its semantic version, and one or more
/// channels ("sms", "mms", "email"), all string literals. Once per library, outside of every namespace. A wrong name,
/// version or channel does not compile. Source: herald_plugin_entry_fn in abi.h.
#define HERALD_PLUGIN(Type, name, version, ...)                                                             \
  static_assert(::herald::detail::is_plugin_name(name), "a plugin's name matches [a-z][a-z0-9-]{0,31}");    \
  static_assert(::herald::detail::is_version(version), "a plugin's version is semantic: \"1.0.0\"");        \
  extern "C" HERALD_EXPORT std::int32_t herald_plugin_entry(herald_plugin* plugin);                         \
  extern "C" std::int32_t herald_plugin_entry(herald_plugin* plugin) {                                      \
    static constexpr auto kChannels = ::herald::detail::channel_names(__VA_ARGS__);                         \
    static_assert(::herald::detail::are_channels(kChannels), "a channel is \"sms\", \"mms\" or \"email\""); \
    return ::herald::detail::describe<Type>(                                                                \
        plugin, {name, version, kChannels.data(), static_cast<std::uint32_t>(kChannels.size())});           \
  }                                                                                                         \
  static_assert(true, "takes the semicolon after the macro")

#endif  // HERALD_PLUGIN_H
