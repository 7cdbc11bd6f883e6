// A child process with a deadline and its standard output on a pipe.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"

namespace herald::providers {

struct ProcessEnd {
  std::string output;       // of standard output, up to the bound
  bool overflowed = false;  // it wrote more than the bound; it was killed
  bool timed_out = false;   // it was killed at its deadline
  int wait_status = 0;      // as waitpid gives it
};

// Runs `arguments` (the first is the executable's absolute path) in a process group of its own, with standard input and
// error on /dev/null and no other descriptor of the host's, until it ends or `timeout` has passed. Whatever it left
// behind in its group is killed. Blocks; any thread.
base::Result<ProcessEnd> run_process(const std::vector<std::string>& arguments, std::chrono::milliseconds timeout,
                                     std::size_t max_output);

}  // namespace herald::providers
