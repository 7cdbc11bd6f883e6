// Runs the tests, each in a child process of its own.
#pragma once

#include <chrono>
#include <filesystem>
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
};

struct Outcome {
  const Test* test = nullptr;
  Finding finding;
  std::string printed;  // what the plugin wrote to standard output and error, bounded
  std::chrono::milliseconds took{0};
};

// One outcome for each test, in the plan's order. The error says why a child could not be run, or that the
// run was interrupted.
base::Result<std::vector<Outcome>> run_tests(const RunPlan& plan);

}  // namespace herald::tools::check
