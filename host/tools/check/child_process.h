// A child process with a deadline, its input in hand, and two pipes: what it reports, and what it prints.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace herald::tools::check {

// The descriptor that a child reports on.
inline constexpr int kReportFd = 3;

struct ChildPlan {
  std::vector<std::string> arguments;  // the first is the executable's absolute path
  std::string input;                   // of standard input
  std::filesystem::path folder;        // where it runs
  std::chrono::milliseconds timeout{0};
  std::function<bool()> given_up{};  // asked every few milliseconds; true ends the child at once. May be empty
};

struct ChildEnd {
  std::string report;   // up to 1 MiB
  std::string printed;  // on standard output and error, the first 16 KiB
  bool timed_out = false;
  int wait_status = 0;  // as waitpid gives it
  std::chrono::milliseconds took{0};
};

// Runs the child in a process group of its own until it ends, is given up or its time is up; what is left of the group
// is killed. Blocks; any thread. An error means that the child could not be run at all.
base::Result<ChildEnd> run_child_process(const ChildPlan& plan);

}  // namespace herald::tools::check
