// Runs the tests, each in a child process of its own.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "tools/check/subject.h"
#include "tools/check/test.h"
#include "tools/check/verdict.h"

namespace herald::tools::check {

struct RunPlan {
  std::filesystem::path executable;  // absolute; it takes kChildCommand
  std::filesystem::path scratch;     // a folder of this run's own: each test runs in a new one within
  Order order;                       // but for the test's id
  std::vector<const Test*> tests;
  unsigned jobs = 1;  // children at once
  // Hears of each test that is over, how many are by then; by any thread, one at a time.
  std::function<void(std::size_t over)> on_progress = [](std::size_t) {};
};

struct Outcome {
  const Test* test = nullptr;
  Finding finding;
  std::string printed;  // what the plugin wrote to standard output and error, bounded
  std::chrono::milliseconds took{0};
};

// What did not come back in the preparation of one test is not tried again in that of another, which is blocked then: a
// plugin that hangs costs a few time-outs, and not one for each test.
//
// One outcome for each test, in the plan's order. The error says why a child could not be run, or that the
// run was interrupted.
base::Result<std::vector<Outcome>> run_tests(const RunPlan& plan);

}  // namespace herald::tools::check
