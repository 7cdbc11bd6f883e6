#include "providers/instance.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "providers/kept.h"
#include "providers/outcome_copy.h"
#include "providers/plain_text.h"
#include "providers/plugin_call.h"

namespace herald::providers {
namespace {

using base::ErrorCode;
using observe::LogLevel;
using std::chrono::nanoseconds;

constexpr std::size_t kMaxReasonBytes = 1000;
// For calls to come back that were about to, when the deadline has passed.
constexpr nanoseconds kGrace = std::chrono::milliseconds{400};

// A refusal of what the host said, or a fault of the plugin's own.
ErrorCode code_of(const std::optional<std::int32_t>& result) {
  if (result == HERALD_E_INVALID) return ErrorCode::kInvalid;
  return result == HERALD_E_UNAVAILABLE ? ErrorCode::kUnavailable : ErrorCode::kInternal;
}

// The plugin's extension of that id; null when it offers none, or one without the function that makes its use.
template <typename Extension, typename Function>
const Extension* extension_of(const Plugin& plugin, std::string_view id, Function Extension::*function) {
  if (plugin.calls.extension == nullptr) return nullptr;
  const auto offered = contained([&] { return plugin.calls.extension(as_str(id)); });
  const auto* const extension = static_cast<const Extension*>(offered.value_or(nullptr));
  // Both extensions end with that function, in their first version.
  if (extension == nullptr || extension->struct_size < sizeof(Extension) || extension->*function == nullptr) {
    return nullptr;
  }
  return extension;
}

}  // namespace

Instance::Instance(Plugin plugin, const Surroundings& surroundings, std::uint64_t seed, domain::InboundSink& inbound)
    : plugin_(std::move(plugin)),
      emits_(std::make_shared<Emits>(plugin_.descriptor.name, inbound)),
      services_(std::make_shared<HostServices>(plugin_.descriptor.name, surroundings, seed, emits_->table())),
      flights_(std::make_shared<Flights>(plugin_.descriptor.max_in_flight, base::entropy_seed(),
                                         surroundings.metrics.provider(plugin_.descriptor.name))) {
  emits_->speak_through(services_);
  keep_until_exit(emits_);
  keep_until_exit(services_);
  keep_until_exit(flights_);
}

base::Status Instance::bring_up(const std::string& config, const FaultProfile& faults, StartRecords::Attempt& attempt) {
  auto status = create();
  if (!status) return status;
  faults_ = extension_of<herald_faults>(plugin_, HERALD_EXT_FAULTS, &herald_faults::set);
  webhook_ = extension_of<herald_webhook>(plugin_, HERALD_EXT_WEBHOOK, &herald_webhook::handle);
  const auto unless_given_up = [this](const base::Status& so_far) {
    return so_far && !given_up_;  // nobody waits for a start that took too long: then only destroy is left to do
  };
  if (unless_given_up(status)) {
    attempt.at(StartStep::kConfigure);
    status = configure(config);
  }
  if (unless_given_up(status) && injects_faults()) {
    attempt.at(StartStep::kFaults);
    status = set_faults(faults);
    if (!status) {
      // Whatever it says of them, its configuration is not at fault.
      status = base::fail(ErrorCode::kUnavailable,
                          status.error().message + "; the API_PROVIDER_*_PCT settings do not suit it");
    }
  }
  if (unless_given_up(status)) {
    attempt.at(StartStep::kStart);
    status = start();
  } else if (status) {
    status = base::fail(ErrorCode::kUnavailable, "its start took too long");
  }
  // One that failed to be created is not there to be destroyed.
  if (!status && handle_ != nullptr) {
    attempt.at(StartStep::kDestroy);
    destroy();
  }
  return status;
}

base::Status Instance::create() {
  const auto made = contained([this] { return plugin_.calls.create(services_->table()); });
  if (!made) return base::fail(ErrorCode::kInternal, described("create", std::nullopt));
  if (*made == nullptr) {
    return base::fail(ErrorCode::kUnavailable, "its create returned NULL" + complaint());
  }
  handle_ = *made;
  return {};
}

base::Status Instance::configure(const std::string& json) {
  herald_str reason{};
  const auto result = contained([&] { return plugin_.calls.configure(handle_, as_str(json), &reason); });
  if (result == HERALD_OK) return {};
  std::string message = described("configure", result);
  if (result && reason.data != nullptr) message += ": " + one_line(view_of(reason), kMaxReasonBytes);
  return base::fail(code_of(result), message);
}

base::Status Instance::set_faults(const FaultProfile& profile) {
  herald_fault_profile out{};
  out.struct_size = sizeof out;
  out.timeout_pct = profile.timeout_pct.value_or(0);
  out.error_pct = profile.error_pct.value_or(0);
  out.ratelimit_pct = profile.ratelimit_pct.value_or(0);
  out.has_seed = profile.seed ? 1 : 0;
  out.seed = profile.seed.value_or(0);
  if (!gate_.enter()) return base::fail(ErrorCode::kUnavailable, "it is being stopped");
  const auto result = contained([&] { return faults_->set(handle_, &out); });
  gate_.leave();
  if (result == HERALD_OK) return {};
  return base::fail(code_of(result), described("fault injection", result));
}

bool Instance::emits_receipts() const {
  return webhook_ != nullptr && (webhook_->flags & HERALD_WEBHOOK_RECEIPTS) != 0;
}

base::Result<std::int32_t> Instance::handle(const herald_webhook_request* request,
                                            const herald_webhook_exchange* exchange) {
  if (!gate_.enter()) return base::fail(ErrorCode::kUnavailable, "it is being stopped");
  const auto result = contained([&] { return webhook_->handle(handle_, request, exchange); });
  gate_.leave();
  if (result) return *result;
  return base::fail(ErrorCode::kInternal, described("webhook's handle", std::nullopt));
}

std::string Instance::complaint() const {
  const auto said = services_->take_complaint();
  if (said.empty()) return "; it logged no reason as a warning or an error";
  return "; it logged: " + one_line(said, kMaxReasonBytes);
}

base::Status Instance::start() {
  services_->take_complaint();  // of its configure
  const auto result = contained([this] { return plugin_.calls.start(handle_); });
  if (result == HERALD_OK) {
    emits_->open();
    return {};
  }
  return base::fail(ErrorCode::kUnavailable, described("start", result) + complaint());
}

void Instance::submit(const std::shared_ptr<Batch>& batch) {
  using domain::OutcomeKind;
  if (!gate_.enter()) {
    auto outcome = own_outcome(OutcomeKind::kError, "provider_stopped");
    outcome.unfinished = true;
    flights_->give_back(*batch, outcome);
    return;
  }
  const auto now = services_->mono();
  bool any_in_time = false;
  for (std::size_t i = 0; i < batch->size(); ++i)
    any_in_time = any_in_time || batch->deadline(i) > now;
  if (!any_in_time) {
    gate_.leave();
    flights_->give_back(*batch, own_outcome(OutcomeKind::kTimeout, "deadline_passed"));
    return;
  }
  const auto result = contained([&] { return plugin_.calls.submit(handle_, batch->view(), flights_->completion()); });
  gate_.leave();
  if (result == HERALD_OK) return;
  services_->say(
      LogLevel::kWarn, result ? "provider.submit_failed" : "provider.exception",
      {{"provider_name", descriptor().name}, {"error", described("submit", result)}, {"messages", batch->size()}});
  flights_->give_back(*batch, own_outcome(OutcomeKind::kError, "submit_failed"));
}

bool Instance::wind_down(base::MonoTime deadline) {
  gate_.close();
  configuring_.close();
  const auto still_left = [this, deadline] { return std::max<nanoseconds>(deadline - services_->mono(), kGrace); };
  // Neither drain nor stop may overlap configure.
  if (!configuring_.wait_until_empty(still_left()) || given_up_) return false;
  const auto drained = contained([&] { return plugin_.calls.drain(handle_, deadline.time_since_epoch().count()); });
  if (given_up_) return false;
  if (drained != HERALD_OK) {
    services_->say(LogLevel::kWarn, "provider.not_drained",
                   {{"provider_name", descriptor().name}, {"error", described("drain", drained)}});
  }
  // stop may not overlap submit or a webhook's handle, so a plugin that hangs in one is never stopped.
  if (!gate_.wait_until_empty(still_left()) || given_up_) return false;
  if (!emits_->close(still_left()) || given_up_) return false;
  if (!contained_void([this] { plugin_.calls.stop(handle_); })) {
    services_->say(LogLevel::kError, "provider.exception",
                   {{"provider_name", descriptor().name}, {"error", described("stop", std::nullopt)}});
  }
  if (given_up_) return false;
  destroy();
  return true;
}

void Instance::destroy() {
  if (!contained_void([this] { plugin_.calls.destroy(handle_); })) {
    services_->say(LogLevel::kError, "provider.exception",
                   {{"provider_name", descriptor().name}, {"error", described("destroy", std::nullopt)}});
  }
  handle_ = nullptr;
}

void Instance::give_up() {
  given_up_ = true;
  emits_->abandon();
}

void Instance::detach() {
  flights_->detach();
  services_->detach();
}

}  // namespace herald::providers
