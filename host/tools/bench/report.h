// The result, for people and for programs.
#pragma once

#include <string>

#include "tools/bench/options.h"
#include "tools/bench/request_source.h"
#include "tools/bench/tally.h"

namespace herald::tools::bench {

struct Run {
  Options options;  // with the seed that was used
  std::string description;
  std::size_t body_bytes = 0;
  bool interrupted = false;
};

std::string report_table(const Run& run, const Tally& tally);
std::string report_json(const Run& run, const Tally& tally);

// How many, with a comma at each thousand.
std::string grouped(std::uint64_t count);
// Milliseconds with three digits that count, such as 0.123, 1.23 and 123.
std::string shown_ms(std::chrono::nanoseconds duration);

}  // namespace herald::tools::bench
