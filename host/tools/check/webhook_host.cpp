#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "base/worker.h"
#include "tools/check/webhook_checks.h"

namespace herald::tools::check {
namespace {

using testkit::TestWebhook;
using SteadyClock = std::chrono::steady_clock;

constexpr int kThreads = 4;  // as many as abi_inbound.h says
constexpr int kRounds = 25;

std::chrono::milliseconds since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start);
}

// Four threads bring everything again and again; the number of results that are none of the contract's.
int bring_from_four(const Visited& visited) {
  std::atomic<int> wrong{0};
  const auto requests = plausible_requests();
  std::vector<base::Worker> workers;
  workers.reserve(kThreads);
  for (int thread = 0; thread < kThreads; ++thread) {
    workers.emplace_back("check-webhook", [&visited, &wrong, &requests] {
      for (int round = 0; round < kRounds; ++round) {
        for (const auto& request : requests) {
          auto& visit = WebhookVisit::plan(request);
          if (!is_result(visit.pay(visited.table, visited.sender.instance().handle()))) ++wrong;
        }
      }
    });
  }
  workers.clear();
  return wrong;
}

void expect_results(const Visited& visited, int wrong) {
  visited.verdict.expect(wrong == 0, std::to_string(wrong) + " webhooks answered with no result of the contract",
                         "HERALD_OK or one of HERALD_E_* (abi.h: Results)", "answer one of the results of abi.h");
}

}  // namespace

const herald_webhook* usable_webhook(Subject& subject, Verdict& verdict) {
  const herald_webhook* const table = subject.webhook(verdict);
  if (table == nullptr) return nullptr;
  if (table->struct_size >= sizeof(herald_webhook) && table->handle != nullptr) return table;
  verdict.block("its table for " HERALD_EXT_WEBHOOK " cannot be used (webhook.table)");
  return nullptr;
}

WebhookVisit& Visited::bring(const TestWebhook& request, const Manners& manners) const {
  verdict.at("a webhook comes: " + request.method.substr(0, 8) + " with a body of " +
             std::to_string(request.body.size()) + " bytes, a path of " + std::to_string(request.path.size()) +
             ", a query of " + std::to_string(request.query.size()) + " and " + std::to_string(request.headers.size()) +
             " headers");
  auto& visit = WebhookVisit::plan(request, manners);
  const auto result = visit.pay(table, sender.instance().handle());
  verdict.expect(is_result(result), "handle answers " + result_name(result),
                 "HERALD_OK or one of HERALD_E_* (abi.h: Results)", "answer one of the results of abi.h");
  return visit;
}

void lets_go_of_the_request(const Visited& visited) {
  Manners manners;
  manners.own_pages = true;
  for (auto request : plausible_requests()) {
    request.path = "/check";
    visited.bring(request, manners);
  }
  // Whatever was left to a thread of the plugin's has read it by then.
  visited.verdict.at(
      "drain and stop are called, when every request is gone (its memory is valid until handle returns)");
  visited.sender.drain();
  visited.sender.stop();
}

void reads_requests_within_bounds(const Visited& visited) {
  Manners manners;
  manners.own_pages = true;
  manners.tight = true;
  for (auto request : plausible_requests()) {
    request.path = "/check";
    visited.bring(request, manners);
  }
}

void lets_go_of_the_exchange(const Visited& visited) {
  std::vector<const WebhookVisit*> visits;
  for (const auto& request : plausible_requests())
    visits.push_back(&visited.bring(request));
  visited.sender.drain();
  visited.sender.stop();
  std::size_t late = 0;
  for (const auto* visit : visits)
    late += visit->late();
  visited.verdict.expect(late == 0, std::to_string(late) + " calls of an exchange after handle had returned",
                         "the exchange to be used until handle returns (abi_inbound.h: herald_webhook_exchange)",
                         "emit and respond inside handle, or hand over later what comes by " HERALD_EXT_INBOUND);
}

void survives_refusals(const Visited& visited) {
  for (const std::int32_t answer : {HERALD_E_INVALID, HERALD_E_STATE, HERALD_E_UNAVAILABLE, HERALD_E_INTERNAL}) {
    Manners manners;
    manners.answer = answer;
    for (const auto& request : plausible_requests())
      visited.bring(request, manners);
  }
}

void answers_what_is_expired(const Visited& visited) {
  for (const std::chrono::milliseconds left : {std::chrono::milliseconds{-1000}, std::chrono::milliseconds{1}}) {
    for (auto request : plausible_requests()) {
      request.time_left = left;
      const auto start = SteadyClock::now();
      visited.bring(request);
      const auto took = since(start);
      if (!visited.verdict.expect(took < visited.subject.patience(),
                                  "handle came back after " + std::to_string(took.count()) +
                                      " ms, where the deadline was " + std::to_string(left.count()) + " ms away",
                                  "handle to block no longer than the deadline (abi_inbound.h: herald_webhook.handle)",
                                  "bound every wait in handle by deadline_ns"))
        return;
    }
  }
}

void takes_four_at_once(const Visited& visited) {
  visited.verdict.at("four threads bring webhooks at once");
  expect_results(visited, bring_from_four(visited));
}

void takes_webhooks_beside_all_else(const Visited& visited) {
  if (!visited.sender.deliver({visited.sender.message()})) return;
  std::atomic<bool> done{false};
  std::atomic<bool> completed{true};
  int wrong = 0;
  visited.verdict.at("webhooks come beside configure, submit and drain");
  {
    const base::Worker messages("check-submit", [&] {
      while (!done && completed) {
        if (visited.sender.submit({visited.sender.message()}) != HERALD_OK || !visited.sender.all_completed())
          completed = false;
      }
    });
    const base::Worker webhooks("check-webhooks", [&] {
      wrong = bring_from_four(visited);
      done = true;
    });
    while (!done)
      visited.sender.instance().configure(visited.subject.config());
    visited.sender.drain();
  }
  expect_results(visited, wrong);
  visited.verdict.expect(completed, "messages are refused or not completed beside webhooks",
                         "webhooks to come beside configure, submit and drain (abi_inbound.h: herald_webhook.handle)",
                         "guard what handle shares with configure and submit");
}

void takes_longer_requests(const Visited& visited) {
  Manners manners;
  manners.longer = 64;
  for (const auto& request : plausible_requests()) {
    const auto plain = WebhookVisit::plan(request).pay(visited.table, visited.sender.instance().handle());
    visited.verdict.at("a webhook comes from a newer host, whose structures are longer");
    const auto longer = WebhookVisit::plan(request, manners).pay(visited.table, visited.sender.instance().handle());
    if (!visited.verdict.expect(plain == longer || longer == HERALD_OK,
                                "handle answers " + result_name(longer) + " to a request of a newer host, and " +
                                    result_name(plain) + " to the same of this one",
                                "longer structures to make no difference (abi.h: Growing)",
                                "read the members that are known, and take no offence at a larger struct_size"))
      return;
  }
}

void answers_each_exchange(const Visited& visited) {
  for (const auto& request : plausible_requests())
    visited.bring(request);
  const auto lost = WebhookVisit::without_context();
  visited.verdict.expect(lost == 0, std::to_string(lost) + " calls with a context that is no exchange's",
                         "herald_webhook_exchange.context as the first argument (abi_inbound.h)",
                         "call exchange->respond(exchange->context, ...), with the exchange of that request");
}

}  // namespace herald::tools::check
