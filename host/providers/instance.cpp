#include "providers/instance.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "providers/kept.h"
#include "providers/outcome_copy.h"
#include "providers/plain_text.h"

namespace herald::providers {
namespace {

using base::ErrorCode;
using observe::LogLevel;
using std::chrono::nanoseconds;

constexpr std::size_t kMaxReasonBytes = 1000;
// For calls to come back that were about to, when the deadline has passed.
constexpr nanoseconds kGrace = std::chrono::milliseconds{500};

// What `call` returns; nothing when it throws. The exception is not looked at: it may come from another C++ library.
template <typename Call>
auto contained(Call call) -> std::optional<decltype(call())> {
  try {
    return call();
  } catch (...) {
    return std::nullopt;
  }
}

bool contained_void(const auto& call) {
  return contained([&call] {
           call();
           return true;
         })
      .has_value();
}

std::string_view meaning_of(std::int32_t result) {
  switch (result) {
    case HERALD_OK:
      return "HERALD_OK";
    case HERALD_E_INVALID:
      return "HERALD_E_INVALID";
    case HERALD_E_STATE:
      return "HERALD_E_STATE";
    case HERALD_E_UNAVAILABLE:
      return "HERALD_E_UNAVAILABLE";
    case HERALD_E_UNSUPPORTED:
      return "HERALD_E_UNSUPPORTED";
    case HERALD_E_INTERNAL:
      return "HERALD_E_INTERNAL";
    case HERALD_E_TIMEOUT:
      return "HERALD_E_TIMEOUT";
    default:
      return "an unknown result";
  }
}

std::string described(std::string_view function, const std::optional<std::int32_t>& result) {
  std::string text = "its " + std::string(function);
  if (!result) return text + " threw an exception; no exception may leave a plugin";
  return text + " returned " + std::to_string(*result) + " (" + std::string(meaning_of(*result)) + ")";
}

}  // namespace

Instance::Instance(Plugin plugin, const Surroundings& surroundings, std::uint64_t seed)
    : plugin_(std::move(plugin)),
      services_(std::make_shared<HostServices>(plugin_.descriptor.name, surroundings, seed)),
      flights_(std::make_shared<Flights>(plugin_.descriptor.max_in_flight, base::entropy_seed(),
                                         surroundings.metrics.provider(plugin_.descriptor.name))) {
  keep_until_exit(services_);
  keep_until_exit(flights_);
}

base::Status Instance::bring_up(const std::string& config, const FaultProfile& faults) {
  auto status = create();
  if (!status) return status;
  faults_ = ask_for_faults();
  const auto unless_given_up = [this](const base::Status& so_far) {
    return so_far && !given_up_;  // nobody waits for a start that took too long: then only destroy is left to do
  };
  if (unless_given_up(status)) status = configure(config);
  if (unless_given_up(status) && injects_faults()) status = set_faults(faults);
  if (unless_given_up(status))
    status = start();
  else if (status)
    status = base::fail(ErrorCode::kUnavailable, "its start took too long");
  if (!status) destroy();
  return status;
}

base::Status Instance::create() {
  const auto made = contained([this] { return plugin_.calls.create(services_->table()); });
  if (!made) return base::fail(ErrorCode::kInternal, described("create", std::nullopt));
  if (*made == nullptr) {
    return base::fail(ErrorCode::kUnavailable, "its create returned NULL; what it logged before says why");
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
  return base::fail(ErrorCode::kInvalid, message);
}

const herald_faults* Instance::ask_for_faults() const {
  if (plugin_.calls.extension == nullptr) return nullptr;
  const auto offered = contained([this] { return plugin_.calls.extension(as_str(HERALD_EXT_FAULTS)); });
  const auto* const faults = static_cast<const herald_faults*>(offered.value_or(nullptr));
  constexpr std::uint32_t kLeastSize = offsetof(herald_faults, set) + sizeof(herald_faults::set);
  if (faults == nullptr || faults->struct_size < kLeastSize || faults->set == nullptr) return nullptr;
  return faults;
}

base::Status Instance::set_faults(const FaultProfile& profile) {
  herald_fault_profile out{};
  out.struct_size = sizeof out;
  out.timeout_pct = profile.timeout_pct.value_or(0);
  out.error_pct = profile.error_pct.value_or(0);
  out.ratelimit_pct = profile.ratelimit_pct.value_or(0);
  out.has_seed = profile.seed ? 1 : 0;
  out.seed = profile.seed.value_or(0);
  const auto result = contained([&] { return faults_->set(handle_, &out); });
  if (result == HERALD_OK) return {};
  return base::fail(ErrorCode::kInvalid,
                    described("fault injection", result) + "; the API_PROVIDER_*_PCT settings do not suit it");
}

base::Status Instance::start() {
  const auto result = contained([this] { return plugin_.calls.start(handle_); });
  if (result == HERALD_OK) return {};
  return base::fail(ErrorCode::kUnavailable, described("start", result) + "; what it logged before says why");
}

void Instance::submit(const std::shared_ptr<Batch>& batch) {
  using domain::OutcomeKind;
  if (!gate_.enter()) {
    flights_->give_back(*batch, own_outcome(OutcomeKind::kError, "provider_stopped"));
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
  const auto drained = contained([&] { return plugin_.calls.drain(handle_, deadline.time_since_epoch().count()); });
  if (given_up_) return false;
  if (drained != HERALD_OK) {
    services_->say(LogLevel::kWarn, "provider.not_drained",
                   {{"provider_name", descriptor().name}, {"error", described("drain", drained)}});
  }
  const nanoseconds left = deadline - services_->mono();
  // stop may not overlap submit, so a plugin whose submit hangs is never stopped.
  if (!gate_.wait_until_empty(std::max(left, kGrace)) || given_up_) return false;
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

void Instance::detach() {
  flights_->detach();
  services_->detach();
}

}  // namespace herald::providers
