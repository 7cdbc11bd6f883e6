#include "providers/reconfigure.h"

#include <atomic>

namespace herald::providers {
namespace {

using base::ErrorCode;
using observe::LogLevel;

enum class Phase { kAwaited, kReturned, kGivenUp };

// Shared by the thread that waits and the one that makes the call.
struct Change {
  std::shared_ptr<Instance> instance;
  std::string json;
  std::string former;
  std::atomic<Phase> phase{Phase::kAwaited};
  base::Status result;  // once kReturned

  void make() {
    result = instance->configure(json);
    Phase expected = Phase::kAwaited;
    if (!phase.compare_exchange_strong(expected, Phase::kReturned)) take_back();
    instance->configuring().leave();
  }

  // Nobody waits any more, and whoever asked was told that it did not work.
  void take_back() {
    auto& services = instance->services();
    const auto& name = instance->descriptor().name;
    if (!result || instance->given_up()) return;
    const auto restored = instance->configure(former);
    services.say(restored ? LogLevel::kWarn : LogLevel::kError, "provider.configured_late",
                 {{"provider_name", name},
                  {"effect", restored ? "the former configuration is in force again"
                                      : "the new configuration is in force until the next start"},
                  {"error", restored ? std::string() : restored.error().message}});
  }
};

base::Status not_in_time(const std::string& function, std::chrono::milliseconds timeout) {
  return base::fail(ErrorCode::kUnavailable,
                    "its " + function + " did not return within " + std::to_string(timeout.count()) + " ms");
}

}  // namespace

base::Status reconfigure(const std::shared_ptr<Instance>& instance, const std::string& json, const std::string& former,
                         const std::shared_ptr<Patience>& patience, std::chrono::milliseconds timeout) {
  if (!instance->configuring().enter_alone()) {
    return base::fail(ErrorCode::kUnavailable, "it is being stopped, or an earlier configure has not returned");
  }
  const auto change = std::make_shared<Change>();
  change->instance = instance;
  change->json = json;
  change->former = former;
  const auto called = call_within(patience, timeout, instance->descriptor().name, [change] { change->make(); });
  if (called == Called::kNotMade) {
    instance->configuring().leave();
    return tl::make_unexpected(no_thread());
  }
  if (called == Called::kReturned) return change->result;
  Phase expected = Phase::kAwaited;
  if (!change->phase.compare_exchange_strong(expected, Phase::kGivenUp)) return change->result;
  return not_in_time("configure", timeout);
}

base::Status change_faults(const std::shared_ptr<Instance>& instance, const FaultProfile& profile,
                           const std::shared_ptr<Patience>& patience, std::chrono::milliseconds timeout) {
  if (!instance->changing_faults().enter_alone()) {
    return base::fail(ErrorCode::kUnavailable, "an earlier change of its fault injection has not returned");
  }
  // Shared with the thread that makes the call, which may be left behind.
  const auto result = std::make_shared<base::Status>();
  const auto called = call_within(patience, timeout, instance->descriptor().name, [instance, profile, result] {
    *result = instance->set_faults(profile);
    instance->changing_faults().leave();
  });
  if (called == Called::kNotMade) {
    instance->changing_faults().leave();
    return tl::make_unexpected(no_thread());
  }
  return called == Called::kReturned ? *result : not_in_time("fault injection", timeout);
}

}  // namespace herald::providers
