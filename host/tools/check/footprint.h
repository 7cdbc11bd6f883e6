// What this process holds of the machine, before and after something that ought to leave nothing behind.
#pragma once

#include <cstddef>
#include <string>

#include "tools/check/verdict.h"

namespace herald::tools::check {

struct Footprint {
  std::size_t threads = 0;
  std::size_t descriptors = 0;
  std::size_t heap_bytes = 0;    // of malloc
  std::size_t memory_bytes = 0;  // of pages that no file stands behind
};

Footprint footprint();

// Fails when threads or descriptors are more than `before`, or memory has grown by more than what a process that takes
// nothing more may gather in its caches. `left_by`: "1,000 instances"; `cure`: where it ought to be given back. Memory
// is not judged under a sanitizer, whose own stands in the figures.
void expect_no_growth(const Footprint& before, const std::string& left_by, const std::string& cure, Verdict& verdict);

}  // namespace herald::tools::check
