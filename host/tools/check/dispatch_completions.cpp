#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/worker.h"
#include "tools/check/dispatch_checks.h"

namespace herald::tools::check {
namespace {

// Beyond this many, more of the same proves nothing, and takes its time.
constexpr std::size_t kMostInFlight = 4096;
constexpr std::size_t kMostThreads = 128;

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what;
}

void fail_refused(Verdict& verdict, std::int32_t result, const std::string& what) {
  verdict.fail("submit answers " + result_name(result) + " to " + what,
               "HERALD_OK: after start the instance takes submits (abi.h: start, submit)",
               "take the batch and complete what cannot be sent with an outcome; a provider that needs settings gets "
               "them by --config");
}

void fail_uncompleted(Verdict& verdict, Sender& sender, const std::string& what) {
  verdict.fail(counted(sender.ledger().outstanding(), "of ") + what + " not completed, long after the deadline",
               "each message of an accepted batch to be completed exactly once (abi.h: submit)",
               "complete every message of the batch, also those that fail; look for a path that returns early");
}

// A few messages of each kind, and everything that they bring about has come when it answers true.
bool has_run_its_course(Verdict& verdict, Sender& sender) {
  if (!sender.deliver({sender.message()}) || !sender.deliver(sender.messages(sender.max_batch()))) return false;
  verdict.at("drain and stop are called when all is completed");
  sender.drain();
  sender.stop();
  return true;
}

void submit_from_threads(Verdict& verdict, Sender& sender, std::size_t count) {
  verdict.at("submit is called from " + std::to_string(count) + " threads at once");
  std::vector<std::int32_t> results(count, HERALD_OK);
  {
    std::vector<base::Worker> workers;
    for (std::size_t index = 0; index < count; ++index) {
      workers.emplace_back("check-submit", [&sender, &result = results[index], message = sender.message()] {
        result = sender.submit({message});
      });
    }
  }
  const auto refused = std::find_if(results.begin(), results.end(), [](auto result) { return result != HERALD_OK; });
  if (refused != results.end()) fail_refused(verdict, *refused, "one of " + counted(count, "calls at once"));
}

void submit_in_batches(Verdict& verdict, Sender& sender, std::size_t count) {
  verdict.at(counted(count, "messages are handed over, in batches of ") + std::to_string(sender.max_batch()));
  for (std::size_t done = 0; done < count && !verdict.settled();) {
    const std::size_t next = std::min(sender.max_batch(), count - done);
    const auto result = sender.submit(sender.messages(next));
    if (result != HERALD_OK) {
      fail_refused(verdict, result,
                   "a batch that brings " + counted(done + next, "messages in flight, of ") +
                       std::to_string(sender.max_in_flight()) + " that it declares");
    }
    done += next;
  }
}

}  // namespace

void takes_one(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  verdict.at("submit is called with one message");
  const auto result = sender.submit({sender.message()});
  if (result != HERALD_OK) return fail_refused(verdict, result, "one message");
  if (!sender.all_completed()) fail_uncompleted(verdict, sender, "one message is");
}

void takes_batches(Subject& subject, Verdict& verdict, Sender& sender) {
  if (sender.max_batch() == 1) return verdict.skip("it takes one message at a time: max_batch is 1");
  if (!sender.deliver({sender.message()})) return;
  const std::size_t between = 1 + static_cast<std::size_t>(subject.random()() % sender.max_batch());
  for (const std::size_t size : {std::size_t{2}, between, sender.max_batch()}) {
    verdict.at("submit is called with a batch of " + std::to_string(size));
    const auto result = sender.submit(sender.messages(size));
    if (result != HERALD_OK) return fail_refused(verdict, result, "a batch of " + std::to_string(size));
    if (!sender.all_completed()) return fail_uncompleted(verdict, sender, counted(size, "messages are"));
  }
}

void takes_all_in_flight(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (!sender.deliver(sender.messages(sender.max_batch()))) return;
  hold_what_comes(sender);
  const std::size_t count = std::min(sender.max_in_flight(), sender.blocking() ? kMostThreads : kMostInFlight);
  if (sender.blocking())
    submit_from_threads(verdict, sender, count);
  else
    submit_in_batches(verdict, sender, count);
  if (verdict.settled()) return;
  if (!sender.all_completed()) fail_uncompleted(verdict, sender, counted(count, "messages in flight are"));
}

void completes_once(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (!has_run_its_course(verdict, sender)) return;
  const auto repeated = sender.ledger().repeated();
  verdict.expect(repeated == 0, counted(repeated, "completions of messages that were completed before"),
                 "each message to be completed exactly once (abi.h: herald_completion.complete)",
                 "let one owner complete a message, and forget it then; herald::Pending does so by itself");
}

void completes_its_own(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (!has_run_its_course(verdict, sender)) return;
  const auto unknown = sender.ledger().unknown();
  verdict.expect(unknown == 0, counted(unknown, "completions of items that the host never handed over"),
                 "herald_message.item to be passed back as it came (abi.h: herald_message)",
                 "keep the 64 bits of item with the message; it is no index and no pointer of the plugin's");
}

void gives_the_context_back(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  verdict.at("messages are completed");
  if (!sender.hand_over({sender.message()}) || !sender.hand_over(sender.messages(sender.max_batch()))) return;
  sender.all_completed();  // with a wrong context nothing arrives where it should
  sender.stop();
  const auto lost = Ledger::without_context();
  verdict.expect(lost == 0, counted(lost, "completions with a context that is not the host's"),
                 "herald_completion.context as the first argument of complete (abi.h: herald_completion)",
                 "call completion->complete(completion->context, ...), with the table of that submit");
}

void takes_a_retry(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  auto message = sender.message();
  if (!sender.deliver({message})) return;
  for (message.attempt = 2; message.attempt <= 4; ++message.attempt) {
    verdict.at("attempt " + std::to_string(message.attempt) + " comes with the same dispatch token");
    const auto result = sender.submit({message});
    if (result != HERALD_OK) return fail_refused(verdict, result, "another attempt for a message that it had before");
    if (!sender.all_completed()) return fail_uncompleted(verdict, sender, "one repeated message is");
  }
}

void completes_nothing_refused(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (!sender.deliver({sender.message()})) return;
  auto unknown_channel = sender.message();
  unknown_channel.channel = "pigeon";
  auto empty = sender.message();
  empty.to.clear();
  empty.body.clear();
  auto expired = sender.message();
  expired.time_left = std::chrono::seconds(-1);
  std::size_t refused = 0;
  for (const auto& message : {unknown_channel, empty, expired}) {
    verdict.at("a message is handed over that a provider may refuse");
    refused += sender.submit({message}) == HERALD_OK ? 0 : 1;
  }
  sender.drain();
  sender.stop();
  if (refused == 0) return verdict.skip("it refuses nothing that it is given here, and answers by outcomes");
  const auto completed = sender.ledger().refused();
  verdict.expect(completed == 0, counted(completed, "completions of messages whose submit had answered an error"),
                 "after any other result than HERALD_OK no message to be the plugin's (abi.h: submit)",
                 "answer HERALD_OK when anything of the batch is completed, or refuse before the first completion");
}

}  // namespace herald::tools::check
