#include <algorithm>
#include <string>

#include "tools/check/dispatch_checks.h"

namespace herald::tools::check {
namespace {

// Own pages are many for each message.
constexpr std::size_t kMostPaged = 128;

// Own pages stand apart, so that a plugin that knows nothing of the stride cannot be tried with several.
bool knows_the_stride(Verdict& verdict, Sender& sender) {
  Handing handing;
  handing.lending.apart = 40;
  if (sender.submit(sender.messages(2), handing) == HERALD_OK && sender.all_completed()) return true;
  verdict.block("it does not reach the messages of a batch by its stride (dispatch.stride)");
  return false;
}

// One message, then a batch, in memory of that kind. What goes wrong with it ends the process.
void deliver_in(Verdict& verdict, Sender& sender, const Handing& handing, const std::string& what) {
  for (const std::size_t size : {std::size_t{1}, std::min(sender.max_batch(), kMostPaged)}) {
    auto messages = sender.messages(size);
    for (auto& message : messages) {
      message.subject = "Conformance";
      message.attachments = {"https://example.invalid/1.png", "https://example.invalid/2.png"};
    }
    // Plain first, so that a plugin that fails for another reason is not blamed for this one.
    if (!sender.deliver(messages) || (size > 1 && !knows_the_stride(verdict, sender))) return;
    verdict.at("a batch of " + std::to_string(size) + " is handed over " + what);
    if (!sender.deliver(messages, handing)) return;
  }
  sender.drain();
  sender.stop();
}

void deliver_oddly(Verdict& verdict, Sender& sender, std::size_t size, const Handing& handing, const std::string& what,
                   const std::string& cure) {
  if (!sender.deliver(sender.messages(size))) return;
  verdict.at(what);
  const auto result = sender.submit(sender.messages(size), handing);
  if (result == HERALD_OK && sender.all_completed()) return;
  verdict.fail(result == HERALD_OK ? std::to_string(sender.ledger().outstanding()) + " of " + std::to_string(size) +
                                         " messages are not completed, when " + what
                                   : "submit answers " + result_name(result) + ", when " + what,
               "what a plugin of this version reads to be where abi.h says (abi.h: Growing)", cure);
}

}  // namespace

void lets_go_of_memory(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  Handing handing;
  handing.lending.own_pages = true;
  handing.take_back = true;
  deliver_in(verdict, sender, handing,
             "whose memory is taken back as each message is completed (it, and with the last one the batch, must not "
             "be read afterwards)");
}

void reads_within_bounds(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  Handing handing;
  handing.lending.own_pages = true;
  handing.lending.tight = true;
  deliver_in(verdict, sender, handing,
             "whose structures and texts end at a page without access (texts are not terminated: read size bytes)");
}

void writes_nothing(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  Handing handing;
  handing.lending.own_pages = true;
  handing.lending.read_only = true;
  deliver_in(verdict, sender, handing,
             "in memory that can only be read (it is the host's: copy what is to be changed)");
}

void steps_by_the_stride(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  if (sender.max_batch() == 1) return verdict.skip("it takes one message at a time: max_batch is 1");
  Handing handing;
  handing.lending.apart = 40;
  deliver_oddly(verdict, sender, std::min<std::size_t>(sender.max_batch(), 64), handing,
                "the messages of a batch stand further apart than their size",
                "step from one message to the next by herald_batch.stride: herald_batch_at does");
}

void takes_longer_structures(Subject& /*subject*/, Verdict& verdict, Sender& sender) {
  Handing handing;
  handing.lending.longer = 64;
  deliver_oddly(verdict, sender, 1, handing, "the host is newer, so that its structures are longer",
                "read the members that are known, and take no offence at a larger struct_size");
}

}  // namespace herald::tools::check
