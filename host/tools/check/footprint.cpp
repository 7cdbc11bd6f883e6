#include "tools/check/footprint.h"

#include <malloc.h>

#include <algorithm>

#include "tools/check/process_view.h"
#include "tools/check/sanitized.h"

namespace herald::tools::check {
namespace {

constexpr std::size_t kMaxHeapGrowth = 64UL << 10U;
constexpr std::size_t kMaxMemoryGrowth = 8UL << 20U;
constexpr std::chrono::milliseconds kThreadsEnd{500};  // a joined thread leaves the kernel's list a moment later

void expect(std::size_t before, std::size_t after, std::size_t most, const std::string& what, const std::string& cure,
            Verdict& verdict) {
  const std::size_t grown = after - std::min(before, after);
  verdict.expect(grown <= most, std::to_string(grown) + " " + what,
                 most == 0 ? "none" : "at most " + std::to_string(most), cure);
}

}  // namespace

Footprint footprint() {
  return {threads_of_this_process().size(), descriptors_of_this_process().size(), ::mallinfo2().uordblks,
          anonymous_bytes()};
}

void expect_no_growth(const Footprint& before, const std::string& left_by, const std::string& cure, Verdict& verdict) {
  threads_settled_at(before.threads, kThreadsEnd);
  const Footprint after = footprint();
  expect(before.threads, after.threads, 0, "threads are left behind by " + left_by, cure, verdict);
  expect(before.descriptors, after.descriptors, 0, "descriptors are left open by " + left_by, cure, verdict);
  if (kSanitized) return;
  expect(before.heap_bytes, after.heap_bytes, kMaxHeapGrowth, "bytes of heap are left behind by " + left_by, cure,
         verdict);
  expect(before.memory_bytes, after.memory_bytes, kMaxMemoryGrowth, "bytes of memory are left behind by " + left_by,
         cure, verdict);
}

}  // namespace herald::tools::check
