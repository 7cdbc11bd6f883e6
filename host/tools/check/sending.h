// One message through a running instance: enough to see that it works.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <herald/testkit/completions.h>

#include "tools/check/instance.h"
#include "tools/check/subject.h"
#include "tools/check/verdict.h"

namespace herald::tools::check {

// What an instance is sent, and what became of it. Lives longer than the instance: completions may come until stop
// returns. One thread, but for the completions.
class Sending {
 public:
  // Submits one message of the plugin's first known channel and answers what submit answered.
  std::int32_t submit_one(Instance& instance);

  // Submits one, and waits for its outcome. False after saying in the verdict that submit refuses it or that it is not
  // completed within the subject's patience; `when` ends the sentence: "after a refused configuration".
  bool works(Instance& instance, const Subject& subject, Verdict& verdict, const std::string& when);

  // Fails unless submit refuses a message now, and completes none.
  void expect_refused(Instance& instance, Verdict& verdict, const std::string& when);

  std::size_t completed() const { return completions_.all().size(); }
  // Completions that no message waits for.
  std::size_t stray() const { return completions_.stray(); }

 private:
  testkit::Completions completions_;
  std::uint64_t next_item_ = 1;
};

// A message that the first known channel of the plugin takes.
testkit::TestMessage message_for(const herald_plugin& plugin, std::uint64_t ordinal);

}  // namespace herald::tools::check
