#include <chrono>
#include <string>

#include "base/wakeup.h"
#include "tools/check/webhook_checks.h"

namespace herald::tools::check {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

// How long a plugin that emits by itself, from a connection or a clock of its own, is given to do so.
constexpr milliseconds kListening{300};
constexpr milliseconds kLook{5};

// Brings about what a plugin may emit after: messages and webhooks. False after blocking the test.
bool stir(Subject& subject, Verdict& verdict, Instance& instance) {
  Ledger& ledger = Ledger::open();
  const auto item = Ledger::next_item();
  static const std::string kOnce = "check-token-inbound";
  auto message = plain_message(instance.plugin());
  message.dispatch_token = kOnce;
  // Lives until the process ends, as a plugin may come back to it.
  const auto* const batch = new LentBatch({message}, {item}, {});
  ledger.expect(item);
  verdict.at("a message is handed over, while the host takes emits as the test has it");
  if (instance.submit(batch->batch(), ledger.table()) == HERALD_OK && !ledger.wait_for_all(subject.patience())) {
    verdict.block("a plain message is not completed (dispatch.one)");
    return false;
  }
  const auto* const table = static_cast<const herald_webhook*>(extension_of(instance.plugin(), HERALD_EXT_WEBHOOK));
  if (table == nullptr || table->struct_size < sizeof(herald_webhook) || table->handle == nullptr) return true;
  verdict.at("webhooks come, while the host takes emits as the test has it");
  for (const auto& request : plausible_requests())
    WebhookVisit::plan(request).pay(*table, instance.handle());
  return true;
}

// Nothing tells when a plugin emits, or that it does not.
void listen_for(milliseconds span) {
  base::Wakeup nothing;
  nothing.wait_for(span);
}

std::size_t emitted(Instance& instance) {
  return instance.host().inbound().stored().size() + instance.host().inbound().waiting();
}

}  // namespace

void lives_without_inbound(Subject& subject, Verdict& verdict) {
  const herald_plugin* const plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  testkit::FakeHost host;
  host.inbound().offer(false);
  verdict.at("an instance is created under a host that does not offer " HERALD_EXT_INBOUND);
  Instance instance(*plugin, host.table());
  if (!verdict.expect(instance.handle() != nullptr, "create answers NULL under a host without " HERALD_EXT_INBOUND,
                      "the plugin to run without it, as an older host offers none (abi.h: Growing)",
                      "do without what the host does not offer, and say so in the log"))
    return;
  if (!instance.configured(subject, verdict)) return;
  verdict.at("start is called under a host that does not offer " HERALD_EXT_INBOUND);
  const auto result = instance.start();
  if (!verdict.expect(result == HERALD_OK, "start answers " + result_name(result) + " without " HERALD_EXT_INBOUND,
                      "HERALD_OK, as an older host offers none (abi.h: Growing)",
                      "do without what the host does not offer, and say so in the log"))
    return;
  stir(subject, verdict, instance);
}

void survives_early_refusal(Subject& subject, Verdict& verdict) {
  const herald_plugin* const plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  testkit::FakeHost host;
  host.inbound().answer(HERALD_E_STATE);
  Instance instance(*plugin, verdict, host.table());
  if (!instance.configured(subject, verdict)) return;
  verdict.at("start is called, where emits are refused with HERALD_E_STATE until it has returned");
  const auto result = instance.start();
  if (!verdict.expect(result == HERALD_OK, "start answers " + result_name(result) + " when an emit is refused in it",
                      "HERALD_OK, as nothing is taken before start has returned (abi_inbound.h: herald_inbound.emit)",
                      "emit from a thread that start begins, and try again what is refused"))
    return;
  host.inbound().answer(HERALD_OK);
  stir(subject, verdict, instance);
}

void survives_refused_emits(Subject& subject, Verdict& verdict) {
  const herald_plugin* const plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Instance instance(*plugin, verdict);
  if (!instance.started(subject, verdict)) return;
  for (const std::int32_t answer : {HERALD_E_INVALID, HERALD_E_STATE, HERALD_E_UNAVAILABLE}) {
    instance.host().inbound().answer(answer);
    if (!stir(subject, verdict, instance)) return;
    listen_for(kListening / 3);
  }
}

void waits_for_emits(Subject& subject, Verdict& verdict) {
  const herald_plugin* const plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Instance instance(*plugin, verdict);
  if (!instance.started(subject, verdict)) return;
  instance.host().inbound().hold();
  if (!stir(subject, verdict, instance)) return;
  listen_for(kListening);
  verdict.at("what was emitted is answered with HERALD_E_UNAVAILABLE, as before stop");
  instance.host().inbound().settle(HERALD_E_UNAVAILABLE);
  verdict.at("drain and stop are called");
  instance.drain(subject.patience());
  instance.stop();
}

void emits_nothing_after_stop(Subject& subject, Verdict& verdict) {
  const herald_plugin* const plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Instance instance(*plugin, verdict);
  if (!instance.started(subject, verdict)) return;
  if (!stir(subject, verdict, instance)) return;
  listen_for(kListening / 3);
  verdict.at("stop is called");
  instance.stop();
  const auto before = emitted(instance);
  const auto until = SteadyClock::now() + kListening;
  while (emitted(instance) == before && SteadyClock::now() < until)
    listen_for(kLook);
  verdict.expect(emitted(instance) == before, "something is emitted after stop has returned",
                 "no function of the host to be called then (abi.h: Threads)", "join every thread in stop");
}

}  // namespace herald::tools::check
