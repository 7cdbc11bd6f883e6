// The command line of `herald bench`.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "tools/bench/target.h"

namespace herald::tools::bench {

enum class Mix {
  kA,  // the small SMS, without keys
  kB,  // 1 KB bodies, many conversations, a random key with each
};

struct Options {
  Target target;
  Mix mix = Mix::kA;
  std::string get;  // the file of paths to be read; empty: messages are sent
  unsigned connections = 64;
  std::optional<double> rate;             // requests a second, the open loop; nothing: the closed loop
  std::chrono::seconds duration{10};      // when `requests` says nothing
  std::optional<std::uint64_t> requests;  // how many in all
  std::chrono::seconds warmup{0};
  std::chrono::seconds timeout{10};   // of each request
  std::optional<std::uint64_t> seed;  // nothing: a new one
  std::string api_key;                // empty: none is sent
  std::string json;                   // the file of the JSON report; "-": standard output; empty: none
};

// `arguments` without "bench". Reads the file that --api-key @FILE names. The error (kInvalid) names the fault and is
// fit to be printed.
base::Result<Options> parse_options(const std::vector<std::string>& arguments);

}  // namespace herald::tools::bench
