// A started instance to which a test hands messages.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <herald/abi.h>
#include <herald/testkit/submission.h>

#include "tools/check/instance.h"
#include "tools/check/ledger.h"
#include "tools/check/lent_batch.h"
#include "tools/check/subject.h"
#include "tools/check/verdict.h"

namespace herald::tools::check {

// From submit to the deadline of a message that nothing is special about.
inline constexpr std::chrono::milliseconds kTimeLeft{500};

struct Handing {
  Lending lending;
  bool take_back = false;  // each message's memory is forbidden as soon as it is completed; of own pages
};

// submit may be called from several threads at once; all else from one.
class Sender {
 public:
  // `subject` has answered `plugin`.
  Sender(Subject& subject, Verdict& verdict, const herald_plugin& plugin, Ledger::Inspect inspect = {});
  ~Sender() = default;  // the instance stops when the test has not stopped it
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // False after saying in the verdict why nothing can be handed over.
  bool ready();

  // Hands one batch over and answers what submit did. Its memory stays until the process ends.
  std::int32_t submit(const std::vector<testkit::TestMessage>& messages, const Handing& handing = {});
  // Hands one batch over, and waits until it is completed; false after blocking the test, which is about something else
  // and has no ground to stand on: dispatch.one, or dispatch.batch when there are several, says what is wrong.
  bool deliver(const std::vector<testkit::TestMessage>& messages, const Handing& handing = {});
  // Hands a batch over; blocks the test unless it is taken.
  bool hand_over(const std::vector<testkit::TestMessage>& messages, const Handing& handing = {});
  // Waits until everything that was taken is completed; false, without a word in the verdict, when it is not.
  bool all_completed() { return ledger_.wait_for_all(subject_.patience()); }

  // Drains until everything is done, or the time is up.
  std::int32_t drain() { return instance_.drain(subject_.patience()); }
  // Stops the instance; from here on completions are late.
  void stop();

  // A message of the plugin's first channel, the next in the sequence of ordinals.
  testkit::TestMessage message();
  std::vector<testkit::TestMessage> messages(std::size_t count);

  std::size_t max_batch() const { return std::max<std::size_t>(instance_.plugin().max_batch, 1); }
  std::size_t max_in_flight() const { return std::max<std::size_t>(instance_.plugin().max_in_flight, 1); }
  bool blocking() const { return instance_.plugin().thread_model == HERALD_THREADS_BLOCKING; }
  Instance& instance() { return instance_; }
  Ledger& ledger() { return ledger_; }

 private:
  Subject& subject_;
  Verdict& verdict_;
  Instance instance_;
  Ledger& ledger_;
  std::uint64_t next_ordinal_ = 0;
};

// The first of the plugin's channels, and addresses that fit it and belong to nobody (RFC 2606; +1 555 01xx).
testkit::TestMessage plain_message(const herald_plugin& plugin);

}  // namespace herald::tools::check
