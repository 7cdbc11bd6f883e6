#include "tools/check/dispatch_checks.h"
#include "tools/check/test.h"

namespace herald::tools::check {
namespace {

std::vector<Test> completions() {
  return {
      {"dispatch.one", "A started instance takes one message, and completes it.", "abi.h: start, submit",
       with_sender<takes_one>},
      {"dispatch.batch", "Every message of a batch is completed, up to batches of max_batch.", "abi.h: herald_batch",
       with_sender<takes_batches>},
      {"dispatch.in-flight", "As many messages as max_in_flight declares may be out at once.",
       "abi.h: herald_plugin.max_in_flight", with_sender<takes_all_in_flight>},
      {"dispatch.once", "No message is completed a second time.", "abi.h: herald_completion.complete",
       with_sender<completes_once>},
      {"dispatch.own-items", "Nothing is completed but what was handed over.", "abi.h: herald_message.item",
       with_sender<completes_its_own>},
      {"dispatch.context", "The completion's context is passed back unchanged.", "abi.h: herald_completion",
       with_sender<gives_the_context_back>},
      {"dispatch.instances", "Instances dispatch side by side without crossing.", "abi.h: Life of an instance",
       keeps_instances_apart},
      {"dispatch.threads", "submit may come from another thread each time.", "abi.h: Threads",
       with_sender<takes_from_any_thread>},
      {"dispatch.beside-configure", "submit may overlap configure.", "abi.h: Threads",
       with_sender<takes_beside_configure>},
      {"dispatch.no-block", "submit of an asynchronous plugin does not wait for its messages.",
       "abi.h: HERALD_THREADS_ASYNC", with_sender<does_not_block>},
      {"dispatch.retry", "A message comes again with the same dispatch token, and is completed again.",
       "abi.h: herald_message.dispatch_token", with_sender<takes_a_retry>},
      {"dispatch.refused", "Nothing is completed of a batch that submit refused.", "abi.h: submit",
       with_sender<completes_nothing_refused>},
  };
}

std::vector<Test> forms() {
  return {
      {"dispatch.outcome-code", "Every outcome has one of the codes of the contract.", "abi.h: HERALD_OUTCOME_*",
       names_a_known_outcome},
      {"dispatch.outcome-form", "Every outcome says its size and has no unknown flag.", "abi.h: herald_outcome",
       sizes_its_outcomes},
      {"dispatch.outcome-texts", "The texts of an outcome are UTF-8, and no longer than is kept.",
       "abi.h: herald_outcome", writes_sound_texts},
      {"dispatch.memory", "A message's memory is not touched once it is completed, nor the batch's with the last.",
       "abi.h: herald_completion.complete", with_sender<lets_go_of_memory>},
      {"dispatch.bounds", "No more is read than structures and texts hold.", "abi.h: Strings",
       with_sender<reads_within_bounds>},
      {"dispatch.read-only", "Nothing is written to what is lent.", "abi.h: herald_message",
       with_sender<writes_nothing>},
      {"dispatch.stride", "Messages are reached by the batch's stride.", "abi.h: herald_batch.stride",
       with_sender<steps_by_the_stride>},
      {"dispatch.newer-host", "Structures of a newer host are longer, and are read all the same.", "abi.h: Growing",
       with_sender<takes_longer_structures>},
  };
}

std::vector<Test> contents() {
  return {
      {"dispatch.empty-batch", "A batch of no message is refused or ignored, and completes nothing.",
       "abi.h: herald_batch.count", with_sender<survives_an_empty_batch>},
      {"dispatch.empty-texts", "Messages with empty texts come to an end.", "abi.h: herald_message",
       with_sender<survives_empty_texts>},
      {"dispatch.control-bytes", "Messages with NULs, line ends and control characters come to an end.",
       "abi.h: Strings", with_sender<survives_control_bytes>},
      {"dispatch.unicode", "Messages of any UTF-8 come to an end.", "abi.h: Strings", with_sender<survives_unicode>},
      {"dispatch.long-texts", "Messages with long texts, up to 1 MiB, come to an end.", "abi.h: herald_message",
       with_sender<survives_long_texts>},
      {"dispatch.attachments", "Messages with 100 attachments come to an end.", "abi.h: herald_message",
       with_sender<survives_attachments>},
      {"dispatch.unknown-channel", "Messages of a channel that it does not serve come to an end.",
       "abi.h: herald_message", with_sender<survives_an_unknown_channel>},
  };
}

std::vector<Test> endings() {
  return {
      {"dispatch.expired", "Messages whose deadline has passed come to an end.", "abi.h: herald_message.deadline_ns",
       with_sender<ends_what_is_expired>},
      {"dispatch.short-deadline", "Messages whose deadline is a millisecond away come to an end.",
       "abi.h: herald_message.deadline_ns", with_sender<ends_what_expires_at_once>},
      {"dispatch.drain", "drain answers HERALD_OK when all is completed, and not before.", "abi.h: drain",
       with_sender<drains_honestly>},
      {"dispatch.drain-deadline", "drain returns by its deadline, whatever is out.", "abi.h: drain",
       with_sender<drains_by_the_deadline>},
      {"dispatch.stop", "Nothing is completed once stop has returned.", "abi.h: stop",
       with_sender<is_silent_after_stop>},
      {"dispatch.faults-range", "Shares of faults that do not fit are refused.", "abi.h: herald_faults.set",
       with_sender<refuses_wrong_shares>},
      {"dispatch.faults-shares", "Outcomes follow the shares of faults.", "abi.h: herald_fault_profile",
       follows_the_shares},
      {"dispatch.faults-seed", "The same seed gives the same outcomes.", "abi.h: herald_fault_profile",
       follows_the_seed},
      {"dispatch.faults-any-time", "Faults may be set from create to destroy.", "abi.h: herald_faults.set",
       sets_faults_at_any_time},
  };
}

}  // namespace

std::vector<Test> dispatch_tests() {
  std::vector<Test> tests;
  for (auto* part : {completions, forms, contents, endings}) {
    for (const Test& test : part())
      tests.push_back(test);
  }
  return tests;
}

}  // namespace herald::tools::check
