// The child's side: one test, in a process that has done nothing else.
#pragma once

#include <string_view>

namespace herald::tools::check {

// The hidden command that makes the host's own binary the child: `herald plugin-check-test`, its order on standard
// input, its report on kReportFd.
inline constexpr std::string_view kChildCommand = "plugin-check-test";

// Runs the test that the order on standard input names, reports, and ends the process without the library's
// destructors. Called from a process that has no other threads. The exit status is 0 when a finding was reported,
// whatever it is; 2 when there is no order.
[[noreturn]] void child_main();

}  // namespace herald::tools::check
