// The tests of the groups "webhook" and "inbound": each function tries one promise about what carriers bring.
// webhook_tests.cpp gives them their ids and says what they promise.
#pragma once

#include <vector>

#include <herald/abi.h>
#include <herald/testkit/webhook_call.h>

#include "tools/check/sender.h"
#include "tools/check/subject.h"
#include "tools/check/verdict.h"
#include "tools/check/webhook_visit.h"

namespace herald::tools::check {

// A started instance that takes webhooks.
struct Visited {
  Subject& subject;
  Verdict& verdict;
  const herald_webhook& table;
  Sender& sender;

  // Brings the request, and fails the test when what comes back is no result of the contract.
  WebhookVisit& bring(const testkit::TestWebhook& request, const Manners& manners = {}) const;
};

using WebhookCheck = void (*)(const Visited& visited);

// Null after skipping or blocking the test; a table without its function is the fault of webhook.table alone.
const herald_webhook* usable_webhook(Subject& subject, Verdict& verdict);

template <WebhookCheck check>
void with_webhook(Subject& subject, Verdict& verdict) {
  const herald_webhook* const table = usable_webhook(subject, verdict);
  if (table == nullptr) return;
  Sender sender(subject, verdict, *subject.plugin(verdict));
  if (sender.ready()) check({subject, verdict, *table, sender});
}

// What a carrier, or whoever knows the URL, may send: webhook_requests.cpp.
void has_a_table(Subject& subject, Verdict& verdict);
void answers_a_request(const Visited& visited);
void survives_rubbish(const Visited& visited);
void survives_any_method(const Visited& visited);
void survives_odd_headers(const Visited& visited);
void survives_nothing(const Visited& visited);
void survives_a_megabyte(const Visited& visited);
void survives_broken_encoding(const Visited& visited);
void survives_broken_text(const Visited& visited);
void survives_truncation(const Visited& visited);
void responds_soundly(const Visited& visited);
void emits_soundly(const Visited& visited);

// What the host lends, and when and where it calls: webhook_host.cpp.
void lets_go_of_the_request(const Visited& visited);
void reads_requests_within_bounds(const Visited& visited);
void lets_go_of_the_exchange(const Visited& visited);
void survives_refusals(const Visited& visited);
void answers_what_is_expired(const Visited& visited);
void takes_four_at_once(const Visited& visited);
void takes_webhooks_beside_all_else(const Visited& visited);
void takes_longer_requests(const Visited& visited);
void answers_each_exchange(const Visited& visited);

// The host's extension herald.inbound/1: inbound_checks.cpp.
void lives_without_inbound(Subject& subject, Verdict& verdict);
void survives_early_refusal(Subject& subject, Verdict& verdict);
void survives_refused_emits(Subject& subject, Verdict& verdict);
void waits_for_emits(Subject& subject, Verdict& verdict);
void emits_nothing_after_stop(Subject& subject, Verdict& verdict);

// Requests as carriers send them, in forms, JSON and queries, with the names that they use.
std::vector<testkit::TestWebhook> plausible_requests();

}  // namespace herald::tools::check
