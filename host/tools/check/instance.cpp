#include "tools/check/instance.h"

#include "providers/plain_text.h"
#include "tools/check/guarded_memory.h"

namespace herald::tools::check {
namespace {

constexpr std::size_t kMaxShownBytes = 300;
constexpr std::size_t kMaxErrorBytes = 1UL << 20U;

// What the plugin said last, for a reason.
std::string last_words(const testkit::FakeHost& host) {
  const auto lines = host.log_lines();
  if (lines.empty()) return {};
  return "; it logged: " + providers::one_line(lines.back().text, kMaxShownBytes);
}

}  // namespace

Instance::Instance(const herald_plugin& plugin, const herald_host* host)
    : plugin_(plugin), handle_(plugin.create(host == nullptr ? host_.table() : host)) {}

Instance::Instance(const herald_plugin& plugin, Verdict& verdict, const herald_host* host) : plugin_(plugin) {
  verdict.preparing("an instance is made (life.create)");
  handle_ = plugin.create(host == nullptr ? host_.table() : host);
  verdict.at("an instance is there");
}

Instance::~Instance() {
  if (handle_ == nullptr) return;
  stop();
  destroy();
}

Answer Instance::configure(std::string_view json) {
  // Not terminated, and gone when the call has returned, as the contract has it.
  const GuardedMemory lent(json);
  herald_str error{nullptr, 0};
  Answer answer;
  answer.result = plugin_.configure(handle_, lent.text(), &error);
  answer.error = std::string(providers::view_of(error).substr(0, kMaxErrorBytes));
  answer.null_error = error.data == nullptr && error.size != 0;
  return answer;
}

std::int32_t Instance::start() {
  const auto result = plugin_.start(handle_);
  running_ = running_ || result == HERALD_OK;
  return result;
}

std::int32_t Instance::submit(const herald_batch& batch, const herald_completion& completion) {
  return plugin_.submit(handle_, &batch, &completion);
}

std::int32_t Instance::drain(std::chrono::nanoseconds from_now) {
  return plugin_.drain(handle_, testkit::FakeHost::now_ns() + from_now.count());
}

void Instance::stop() {
  if (!running_) return;
  stop_in_any_state();
}

void Instance::stop_in_any_state() {
  running_ = false;
  plugin_.stop(handle_);
}

void Instance::destroy() {
  host_.inbound().settle(HERALD_E_UNAVAILABLE);  // as the host does before it destroys
  plugin_.destroy(handle_);
  handle_ = nullptr;
}

bool Instance::is_created(Verdict& verdict) {
  if (handle_ == nullptr) verdict.block("create answered no instance (life.create)" + last_words(host_));
  return handle_ != nullptr;
}

bool Instance::configured(const Subject& subject, Verdict& verdict) {
  if (!is_created(verdict)) return false;
  if (!subject.config_problem().empty()) {
    verdict.block(subject.config_problem());
    return false;
  }
  verdict.preparing("it is configured (config.accepted)");
  const Answer answer = configure(subject.config());
  verdict.at("it is configured");
  if (answer.result == HERALD_OK) return true;
  verdict.block("it refuses the configuration that it is started with (config.accepted), with " +
                result_name(answer.result) + ": " + providers::one_line(answer.error, kMaxShownBytes));
  return false;
}

bool Instance::started(const Subject& subject, Verdict& verdict) {
  if (!configured(subject, verdict)) return false;
  verdict.preparing("it is started (life.start)");
  const auto result = start();
  verdict.at("it is started");
  if (result == HERALD_OK) return true;
  verdict.block("start answers " + result_name(result) + " (life.start)" + last_words(host_));
  return false;
}

std::string result_name(std::int32_t result) {
  switch (result) {
    case HERALD_OK:
      return "HERALD_OK";
    case HERALD_E_INVALID:
      return "HERALD_E_INVALID (-1)";
    case HERALD_E_STATE:
      return "HERALD_E_STATE (-2)";
    case HERALD_E_UNAVAILABLE:
      return "HERALD_E_UNAVAILABLE (-3)";
    case HERALD_E_UNSUPPORTED:
      return "HERALD_E_UNSUPPORTED (-4)";
    case HERALD_E_INTERNAL:
      return "HERALD_E_INTERNAL (-5)";
    case HERALD_E_TIMEOUT:
      return "HERALD_E_TIMEOUT (-6)";
    default:
      return std::to_string(result) + ", which is no result of the contract";
  }
}

bool is_result(std::int32_t result) {
  return result <= HERALD_OK && result >= HERALD_E_TIMEOUT;
}

}  // namespace herald::tools::check
