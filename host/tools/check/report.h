// What the kit found, for people and for programs. Pure; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/check/runner.h"

namespace herald::tools::check {

struct Report {
  std::string file;    // as it was given
  std::string plugin;  // "sms-mms 0.1.0, plugin ABI 1.1, SDK 0.1.0", or why the host refuses the file
  std::uint64_t seed = 0;
  std::string config;  // which one the plugin was started with; nothing of one that an operator gave
  std::string rerun;   // the command line that runs one test again, but for --only and the test's id
  std::vector<Outcome> outcomes;
  std::chrono::milliseconds took{0};

  std::size_t count(State state) const;
  // A skipped test breaks no promise.
  bool all_hold() const { return count(State::kFailed) == 0 && count(State::kBlocked) == 0; }
};

std::string report_text(const Report& report);
// One object; its members are listed in the help of the command.
std::string report_json(const Report& report);
// JUnit's XML as build servers read it: a suite for each group; what is blocked is an error.
std::string report_junit(const Report& report);

// What --list prints.
std::string test_list(const std::vector<const Test*>& tests);

// "passed", "failed", "blocked", "skipped".
std::string_view name_of(State state);

}  // namespace herald::tools::check
