// The command line of `herald plugin check`.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace herald::tools::check {

struct Options {
  std::string file;
  std::string json;                           // the file of the JSON report; "-": standard output; empty: none
  std::string junit;                          // as json
  std::string config;                         // the file of the configuration; empty: one is made
  std::vector<std::string> only;              // patterns of ids; empty: every test
  std::optional<std::uint64_t> seed;          // nothing: a new one
  std::chrono::milliseconds timeout{10'000};  // of each test
  unsigned jobs = 0;                          // tests at once; 0: by the machine's cores
  bool list = false;
};

// `arguments` without "plugin check". The error (kInvalid) names the fault and is fit to be printed.
base::Result<Options> parse_options(const std::vector<std::string>& arguments);

}  // namespace herald::tools::check
