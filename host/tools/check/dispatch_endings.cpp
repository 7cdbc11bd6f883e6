#include <algorithm>
#include <chrono>
#include <string>

#include "tools/check/dispatch_checks.h"

namespace herald::tools::check {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

// How long a completion that should not come is waited for.
constexpr milliseconds kQuiet{400};
constexpr std::size_t kMostHeld = 16;

milliseconds since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(SteadyClock::now() - start);
}

std::vector<testkit::TestMessage> messages_for(Sender& sender, milliseconds time_left) {
  auto messages = sender.messages(std::min(sender.max_batch(), kMostHeld));
  for (auto& message : messages)
    message.time_left = time_left;
  return messages;
}

void expect_an_end(Verdict& verdict, Sender& sender, milliseconds time_left, const std::string& what) {
  if (!sender.deliver(sender.messages(std::min(sender.max_batch(), kMostHeld)))) return;
  verdict.at("messages are handed over " + what);
  const auto result = sender.submit(messages_for(sender, time_left));
  if (!verdict.expect(is_result(result), "submit answers " + result_name(result) + " to messages " + what,
                      "HERALD_OK or one of HERALD_E_* (abi.h: Results)", "answer one of the results of abi.h"))
    return;
  if (result != HERALD_OK || sender.all_completed()) return;
  verdict.fail(std::to_string(sender.ledger().outstanding()) + " messages " + what + " are taken and not completed",
               "each to be completed all the same, as a timeout for one (abi.h: submit)",
               "complete what is too late with HERALD_OUTCOME_TIMEOUT instead of dropping it");
}

}  // namespace

void ends_what_is_expired(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  expect_an_end(verdict, sender, milliseconds{-1000}, "whose deadline passed a second ago");
}

void ends_what_expires_at_once(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  expect_an_end(verdict, sender, milliseconds{1}, "whose deadline is a millisecond away");
}

void does_not_block(Subject& subject, Verdict& verdict, Sender& sender) {
  if (sender.blocking()) return verdict.skip("its thread model lets submit block");
  if (!sender.deliver({sender.message()})) return;
  hold_what_comes(sender);
  const auto time_left = subject.patience();
  verdict.at("submit is called with messages that have " + std::to_string(time_left.count()) + " ms left");
  const auto start = SteadyClock::now();
  if (!sender.hand_over(messages_for(sender, time_left))) return;
  const auto took = since(start);
  verdict.expect(took < time_left / 2, "submit came back after " + std::to_string(took.count()) + " ms",
                 "submit not to block (abi.h: HERALD_THREADS_ASYNC)",
                 "hand the work to a thread of the plugin's, or declare HERALD_THREADS_BLOCKING");
}

void drains_honestly(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (!sender.deliver(sender.messages(std::min(sender.max_batch(), kMostHeld)))) return;
  hold_what_comes(sender);
  if (!sender.hand_over(messages_for(sender, kTimeLeft))) return;
  verdict.at("drain is called while messages may be out");
  const auto result = sender.drain();
  const auto out = sender.ledger().outstanding();
  if (result == HERALD_E_TIMEOUT && out > 0)
    return verdict.block("messages are not completed by the deadline of drain (dispatch.one)");
  verdict.expect(result == HERALD_OK && out == 0,
                 "drain answers " + result_name(result) + ", and " + std::to_string(out) + " messages are out",
                 "HERALD_OK when all is completed, else HERALD_E_TIMEOUT at the deadline (abi.h: drain)",
                 "let drain wait until the last message is completed");
}

void drains_by_the_deadline(Subject& subject, Verdict& verdict, Sender& sender) {
  if (!sender.deliver({sender.message()})) return;
  hold_what_comes(sender);
  const auto most = subject.patience() / 2;
  for (const milliseconds left : {milliseconds{50}, milliseconds{-1000}}) {
    if (!sender.hand_over(messages_for(sender, subject.patience()))) return;
    verdict.at("drain is called with a deadline " + std::to_string(left.count()) + " ms away");
    const auto start = SteadyClock::now();
    const auto result = sender.instance().drain(left);
    const auto took = since(start);
    const bool known = result == HERALD_OK || result == HERALD_E_TIMEOUT;
    if (!verdict.expect(known && took < most,
                        "drain answers " + result_name(result) + " after " + std::to_string(took.count()) +
                            " ms, where its deadline was " + std::to_string(left.count()) + " ms away",
                        "HERALD_OK or HERALD_E_TIMEOUT by the deadline (abi.h: drain)",
                        "bound the wait in drain by deadline_ns, on the clock of herald_host.monotonic_ns"))
      return;
  }
}

void is_silent_after_stop(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (!sender.deliver({sender.message()})) return;
  hold_what_comes(sender);
  if (!sender.hand_over(messages_for(sender, kQuiet / 2))) return;
  verdict.at("stop is called while messages may be out");
  sender.stop();
  verdict.expect(!sender.ledger().wait_for_late(kQuiet), "a message is completed after stop has returned",
                 "nothing to be completed any more (abi.h: stop)",
                 "join every thread in stop, and let go of what is still out; herald::Pending::abandon does");
}

}  // namespace herald::tools::check
