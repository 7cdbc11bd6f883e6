#include "tools/check/test.h"
#include "tools/check/webhook_checks.h"

namespace herald::tools::check {
namespace {

constexpr std::string_view kHandle = "abi_inbound.h: herald_webhook.handle";

std::vector<Test> requests() {
  return {
      {"webhook.table", "What it offers for webhooks is whole.", "abi_inbound.h: herald_webhook", has_a_table},
      {"webhook.request", "Requests as carriers send them are answered by a result of the contract.", kHandle,
       with_webhook<answers_a_request>},
      {"webhook.rubbish", "Random bytes, of any type, do it no harm.", kHandle, with_webhook<survives_rubbish>},
      {"webhook.methods", "Requests of any method do it no harm.", kHandle, with_webhook<survives_any_method>},
      {"webhook.headers", "Requests with no header, with 100, and with odd ones do it no harm.", kHandle,
       with_webhook<survives_odd_headers>},
      {"webhook.empty", "Requests without anything do it no harm.", kHandle, with_webhook<survives_nothing>},
      {"webhook.large", "Requests of 1 MiB do it no harm.", kHandle, with_webhook<survives_a_megabyte>},
      {"webhook.percent", "Broken percent-encoding does it no harm.", kHandle, with_webhook<survives_broken_encoding>},
      {"webhook.utf8", "Texts that are no UTF-8 do it no harm.", kHandle, with_webhook<survives_broken_text>},
      {"webhook.truncated", "Requests that end anywhere do it no harm.", kHandle, with_webhook<survives_truncation>},
      {"webhook.response", "Every response is one that the host can send.", "abi_inbound.h: respond",
       with_webhook<responds_soundly>},
      {"webhook.emits", "What is emitted is whole.", "abi_inbound.h: emit_message, emit_receipt",
       with_webhook<emits_soundly>},
  };
}

std::vector<Test> host_side() {
  return {
      {"webhook.memory", "A request is not read after handle has returned.", "abi_inbound.h: herald_webhook_request",
       with_webhook<lets_go_of_the_request>},
      {"webhook.bounds", "No more of a request is read than it holds.", "abi.h: Strings",
       with_webhook<reads_requests_within_bounds>},
      {"webhook.exchange", "The exchange is not used after handle has returned.",
       "abi_inbound.h: herald_webhook_exchange", with_webhook<lets_go_of_the_exchange>},
      {"webhook.context", "Each exchange is called with its own context.", "abi_inbound.h: herald_webhook_exchange",
       with_webhook<answers_each_exchange>},
      {"webhook.refusals", "It lives when the host refuses what it emits and responds.",
       "abi_inbound.h: herald_webhook_exchange", with_webhook<survives_refusals>},
      {"webhook.expired", "Requests whose deadline has passed, or is about to, come back.", kHandle,
       with_webhook<answers_what_is_expired>},
      {"webhook.threads", "Four threads may bring webhooks at once.", kHandle, with_webhook<takes_four_at_once>},
      {"webhook.beside", "Webhooks may come beside configure, submit and drain.", kHandle,
       with_webhook<takes_webhooks_beside_all_else>},
      {"webhook.newer-host", "Structures of a newer host are longer, and are read all the same.", "abi.h: Growing",
       with_webhook<takes_longer_requests>},
  };
}

std::vector<Test> emits() {
  return {
      {"inbound.absent", "It runs under a host that takes nothing outside of webhooks.", "abi.h: Growing",
       lives_without_inbound},
      {"inbound.early", "It lives when what it emits before start is refused.", "abi_inbound.h: herald_inbound.emit",
       survives_early_refusal},
      {"inbound.refused", "It lives when what it emits is refused, for whatever reason.",
       "abi_inbound.h: herald_inbound.emit", survives_refused_emits},
      {"inbound.unavailable", "It lives when what it emitted could not be stored by the time of stop.",
       "abi_inbound.h: herald_emitted_fn", waits_for_emits},
      {"inbound.stop", "Nothing is emitted once stop has returned.", "abi.h: stop", emits_nothing_after_stop},
  };
}

}  // namespace

std::vector<Test> webhook_tests() {
  std::vector<Test> tests;
  for (auto* part : {requests, host_side, emits}) {
    for (const Test& test : part())
      tests.push_back(test);
  }
  return tests;
}

}  // namespace herald::tools::check
