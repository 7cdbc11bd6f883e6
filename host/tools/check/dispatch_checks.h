// The tests of the group "dispatch": each function tries one promise about submit, its completions, drain and stop.
// dispatch_tests.cpp gives them their ids and says what they promise.
#pragma once

#include "tools/check/sender.h"
#include "tools/check/subject.h"
#include "tools/check/verdict.h"

namespace herald::tools::check {

// A test of a started instance.
using SenderCheck = void (*)(Subject& subject, Verdict& verdict, Sender& sender);

// Brings an instance up for `check`; blocked when there is none.
template <SenderCheck check>
void with_sender(Subject& subject, Verdict& verdict) {
  const herald_plugin* const plugin = subject.plugin(verdict);
  if (plugin == nullptr) return;
  Sender sender(subject, verdict, *plugin);
  if (sender.ready()) check(subject, verdict, sender);
}

// What completions are: dispatch_completions.cpp.
void takes_one(Subject& subject, Verdict& verdict, Sender& sender);
void takes_batches(Subject& subject, Verdict& verdict, Sender& sender);
void takes_all_in_flight(Subject& subject, Verdict& verdict, Sender& sender);
void completes_once(Subject& subject, Verdict& verdict, Sender& sender);
void completes_its_own(Subject& subject, Verdict& verdict, Sender& sender);
void gives_the_context_back(Subject& subject, Verdict& verdict, Sender& sender);
void takes_a_retry(Subject& subject, Verdict& verdict, Sender& sender);
void completes_nothing_refused(Subject& subject, Verdict& verdict, Sender& sender);

// What an outcome holds: dispatch_outcomes.cpp.
void names_a_known_outcome(Subject& subject, Verdict& verdict);
void sizes_its_outcomes(Subject& subject, Verdict& verdict);
void writes_sound_texts(Subject& subject, Verdict& verdict);

// What is lent with a message: dispatch_memory.cpp.
void lets_go_of_memory(Subject& subject, Verdict& verdict, Sender& sender);
void reads_within_bounds(Subject& subject, Verdict& verdict, Sender& sender);
void writes_nothing(Subject& subject, Verdict& verdict, Sender& sender);
void steps_by_the_stride(Subject& subject, Verdict& verdict, Sender& sender);
void takes_longer_structures(Subject& subject, Verdict& verdict, Sender& sender);

// What a message may say: dispatch_contents.cpp.
void survives_an_empty_batch(Subject& subject, Verdict& verdict, Sender& sender);
void survives_empty_texts(Subject& subject, Verdict& verdict, Sender& sender);
void survives_control_bytes(Subject& subject, Verdict& verdict, Sender& sender);
void survives_unicode(Subject& subject, Verdict& verdict, Sender& sender);
void survives_long_texts(Subject& subject, Verdict& verdict, Sender& sender);
void survives_attachments(Subject& subject, Verdict& verdict, Sender& sender);
void survives_an_unknown_channel(Subject& subject, Verdict& verdict, Sender& sender);

// Deadlines, drain and stop: dispatch_endings.cpp.
void ends_what_is_expired(Subject& subject, Verdict& verdict, Sender& sender);
void ends_what_expires_at_once(Subject& subject, Verdict& verdict, Sender& sender);
void does_not_block(Subject& subject, Verdict& verdict, Sender& sender);
void drains_honestly(Subject& subject, Verdict& verdict, Sender& sender);
void drains_by_the_deadline(Subject& subject, Verdict& verdict, Sender& sender);
void is_silent_after_stop(Subject& subject, Verdict& verdict, Sender& sender);

// Threads and instances: dispatch_threads.cpp.
void takes_from_any_thread(Subject& subject, Verdict& verdict, Sender& sender);
void takes_beside_configure(Subject& subject, Verdict& verdict, Sender& sender);
void keeps_instances_apart(Subject& subject, Verdict& verdict);

// The extension herald.faults/1: dispatch_faults.cpp.
void refuses_wrong_shares(Subject& subject, Verdict& verdict, Sender& sender);
void follows_the_shares(Subject& subject, Verdict& verdict);
void follows_the_seed(Subject& subject, Verdict& verdict);
void sets_faults_at_any_time(Subject& subject, Verdict& verdict);

// Makes every message that comes from here on stay out until its deadline, where the plugin offers faults; else
// nothing.
void hold_what_comes(Sender& sender);

}  // namespace herald::tools::check
