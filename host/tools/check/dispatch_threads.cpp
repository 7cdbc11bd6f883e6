#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/worker.h"
#include "tools/check/dispatch_checks.h"

namespace herald::tools::check {
namespace {

constexpr int kThreads = 8;
constexpr int kConfigures = 50;
constexpr std::size_t kInstances = 3;

std::vector<std::unique_ptr<Sender>> several(Subject& subject, Verdict& verdict, const herald_plugin& plugin) {
  std::vector<std::unique_ptr<Sender>> senders;
  for (std::size_t index = 0; index < kInstances && !verdict.settled(); ++index) {
    senders.push_back(std::make_unique<Sender>(subject, verdict, plugin));
    senders.back()->ready();
  }
  return senders;
}

// With little time left, so that one that takes all of it takes not too long.
void hand_brief_ones(Sender& sender) {
  auto messages = sender.messages(sender.max_batch());
  for (auto& message : messages)
    message.time_left = std::chrono::milliseconds{150};
  sender.submit(messages);
}

void expect_apart(Verdict& verdict, const std::vector<std::unique_ptr<Sender>>& senders) {
  std::size_t out = 0;
  std::size_t strange = 0;
  for (const auto& sender : senders) {
    if (out == 0 && !sender->all_completed()) out = sender->ledger().outstanding();
    strange += sender->ledger().crossed();
  }
  verdict.expect(out == 0 && strange == 0,
                 "of several instances, one has " + std::to_string(out) + " messages that are not completed, and " +
                     std::to_string(strange) + " completions came by another's table",
                 "each message to be completed by the table that it came with (abi.h: Life of an instance)",
                 "keep what belongs to an instance in the instance, and nothing in variables of the library");
}

}  // namespace

void takes_from_any_thread(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (!sender.deliver({sender.message()})) return;
  for (int index = 0; index < kThreads && !verdict.settled(); ++index) {
    verdict.at("submit is called by one thread after another");
    std::int32_t result = HERALD_OK;
    base::Worker("check-submit", [&sender, &result, message = sender.message()] {
      result = sender.submit({message});
    }).join();
    verdict.expect(result == HERALD_OK && sender.all_completed(),
                   "submit answers " + result_name(result) + " on another thread, and " +
                       std::to_string(sender.ledger().outstanding()) + " messages are not completed",
                   "it to be of no matter which thread calls (abi.h: Threads)",
                   "keep nothing that an instance needs in thread-local variables");
  }
}

void takes_beside_configure(Subject& subject, Verdict& verdict, Sender& sender) {
  if (!sender.deliver({sender.message()})) return;
  std::atomic<bool> done{false};
  std::atomic<bool> completed{true};
  std::int32_t refused = HERALD_OK;
  verdict.at("configure is called again and again while messages are handed over");
  {
    const base::Worker messages("check-submit", [&] {
      while (!done && completed) {
        if (sender.submit({sender.message()}) != HERALD_OK || !sender.all_completed()) completed = false;
      }
    });
    for (int index = 0; index < kConfigures && refused == HERALD_OK; ++index)
      refused = sender.instance().configure(subject.config()).result;
    done = true;
  }
  verdict.expect(completed && refused == HERALD_OK,
                 "configure answers " + result_name(refused) + " beside messages, and " +
                     std::to_string(sender.ledger().outstanding()) + " of those are not completed",
                 "submit to overlap configure (abi.h: Threads)",
                 "guard what configure changes and submit reads; hold no lock while a message is completed");
}

void keeps_instances_apart(Subject& subject, Verdict& verdict) {
  const herald_plugin* const plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  const auto senders = several(subject, verdict, *plugin);
  if (verdict.settled()) return;
  if (!senders.front()->deliver(senders.front()->messages(senders.front()->max_batch()))) return;
  verdict.at("three instances are handed messages in turn");
  for (int round = 0; round < 3; ++round) {
    for (const auto& sender : senders)
      hand_brief_ones(*sender);
  }
  expect_apart(verdict, senders);
  if (verdict.settled()) return;
  verdict.at("one of three instances is stopped");
  senders.front()->stop();
  for (const auto& sender : senders) {
    if (sender != senders.front()) hand_brief_ones(*sender);
  }
  expect_apart(verdict, senders);
}

}  // namespace herald::tools::check
