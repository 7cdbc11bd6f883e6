// One configuration after another.
#include <string>

#include "tools/check/config_groups.h"
#include "tools/check/footprint.h"
#include "tools/check/sending.h"

namespace herald::tools::check {
namespace {

constexpr int kTimes = 1000;
constexpr int kWarmUp = 50;

void error_text(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Instance instance(*plugin, verdict);
  if (!instance.configured(subject, verdict)) return;
  bool refused = false;
  for (const std::string& document : rubbish_documents()) {
    verdict.at("configure is called with what is no JSON object");
    const auto answer = instance.configure(document);
    if (!expect_sound(answer, "what is no JSON object", verdict)) return;
    if (answer.result == HERALD_OK) continue;
    refused = true;
    if (!verdict.expect(!answer.error.empty() || !instance.host().log_lines().empty(),
                        "configure refuses a configuration without a reason", "the reason, as its error or in the log",
                        "fill in `error`, in memory of the instance"))
      return;
  }
  if (!refused) return verdict.skip("it refuses no document");
  verdict.at("configure is called with its configuration");
  const auto answer = instance.configure(subject.config());
  verdict.expect(answer.result != HERALD_OK || answer.error.empty(),
                 "configure's error says something beside HERALD_OK: " + answer.error, "nothing, or a new reason",
                 "clear `error` at the beginning of configure");
}

void refusal_before_start(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  bool refused = false;
  for (const std::string& document : rubbish_documents()) {
    Sending sending;
    Instance instance(*plugin, verdict);
    if (!instance.configured(subject, verdict)) return;
    verdict.at("configure is called with what is no JSON object");
    if (instance.configure(document).result == HERALD_OK) continue;
    refused = true;
    verdict.at("start is called after a refused configuration that followed a good one");
    const auto result = instance.start();
    if (!verdict.expect(result == HERALD_OK, "start answers " + result_name(result) + " after a refused configuration",
                        "HERALD_OK: the former configuration is in force",
                        "read the whole configuration before anything of the instance changes"))
      return;
    if (!sending.works(instance, subject, verdict, "after a refused configuration")) return;
    instance.stop();
  }
  if (!refused) verdict.skip("it refuses no document");
}

void refusal_while_running(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Sending sending;
  Instance instance(*plugin, verdict);
  if (!instance.started(subject, verdict)) return;
  bool refused = false;
  for (const std::string& document : rubbish_documents()) {
    verdict.at("configure is called with what is no JSON object, while it runs");
    if (instance.configure(document).result == HERALD_OK) continue;
    refused = true;
    if (!sending.works(instance, subject, verdict, "after a configuration was refused while it runs")) return;
  }
  if (!refused) verdict.skip("it refuses no document");
}

void while_running(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Sending sending;
  Instance instance(*plugin, verdict);
  if (!instance.started(subject, verdict)) return;
  for (int i = 0; i < 3; ++i) {
    if (!sending.works(instance, subject, verdict, "between configurations")) return;
    verdict.at("configure is called while it runs");
    const auto answer = instance.configure(subject.config());
    if (!verdict.expect(answer.result == HERALD_OK,
                        "configure answers " + result_name(answer.result) + " while it runs: " + answer.error,
                        "HERALD_OK for the configuration that it was started with",
                        "take a configuration at any time between start and stop"))
      return;
  }
  sending.works(instance, subject, verdict, "after it was configured while it runs");
}

void log_nothing(void* /*context*/, std::uint32_t /*level*/, herald_str /*text*/) {}

void thousand_times(Subject& subject, Verdict& verdict) {
  const auto* plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  testkit::FakeHost services;
  herald_host host = *services.table();
  host.log = &log_nothing;  // lines that are kept would be growth of the kit's own
  Instance instance(*plugin, verdict, &host);
  if (!instance.started(subject, verdict)) return;
  verdict.at("configure is called 1,000 times");
  Footprint before;
  for (int i = 0; i < kWarmUp + kTimes; ++i) {
    if (i == kWarmUp) before = footprint();
    const auto answer = instance.configure(subject.config());
    if (!verdict.expect(answer.result == HERALD_OK,
                        "configure answers " + result_name(answer.result) + " at call " + std::to_string(i + 1),
                        "HERALD_OK every time", "give back what the former configuration took"))
      return;
  }
  expect_no_growth(before, "1,000 calls of configure", "give back what the former configuration took", verdict);
}

}  // namespace

std::vector<Test> reconfigure_tests() {
  return {
      {"config.error-text", "A refusal has a reason, in UTF-8.", "abi.h: herald_plugin.configure", error_text},
      {"config.refusal-before-start", "It starts after a refused configuration, with the former one.",
       "abi.h: herald_plugin.configure", refusal_before_start},
      {"config.refusal-while-running", "It works on after a refused configuration.", "abi.h: herald_plugin.configure",
       refusal_while_running},
      {"config.while-running", "It takes a configuration while it runs.", "abi.h: Life of an instance", while_running},
      {"config.thousand-times", "1,000 configurations leave no memory, thread or descriptor behind.",
       "abi.h: herald_plugin.configure", thousand_times},
  };
}

}  // namespace herald::tools::check
