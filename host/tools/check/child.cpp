#include "tools/check/child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include "base/child_process.h"
#include "base/owned_fd.h"
#include "base/worker.h"
#include "tools/check/child_messages.h"
#include "tools/check/child_process.h"
#include "tools/check/sanitized.h"
#include "tools/check/test.h"

namespace herald::tools::check {
namespace {

constexpr rlim_t kOpenFiles = 1024;
constexpr rlim_t kFileBytes = rlim_t{256} << 20U;
constexpr int kNoOrder = 2;

// A sanitizer's runtime begins a thread of its own with the first one of the process, which would be taken for a
// plugin's.
void begin_runtime_threads() {
  const base::Worker first("first", [] {});
}

// A sanitizer's own handlers would turn a plugin's death by signal into an exit.
void let_signals_kill() {
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
    static_cast<void>(std::signal(signal, SIG_DFL));  // of a number that there is: cannot be refused
}

void limit_this_process() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // no test outlives the thread that waits for it
  base::lower_limit(RLIMIT_CORE, 0);
  base::lower_limit(RLIMIT_FSIZE, kFileBytes);
  base::lower_limit(RLIMIT_NOFILE, kOpenFiles);
  // The sanitizers reserve terabytes of address space for their shadow.
  constexpr rlim_t kAddressSpaceBytes = rlim_t{16} << 30U;
  if (!kSanitized) base::lower_limit(RLIMIT_AS, kAddressSpaceBytes);
}

std::string read_input() {
  std::string input;
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return input;
    input.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

void threw(Verdict& verdict, const std::string& what) {
  verdict.fail("an exception left the plugin: " + what + " (" + verdict.step() + ")",
               "that no exception crosses the border (abi.h, opening)",
               "catch it within the plugin and answer HERALD_E_INTERNAL");
}

// The destructors of a library whose instances a test may have left behind prove nothing.
[[noreturn]] void end_with(const Finding& finding, const std::string& seal) {
  ::_exit(base::write_whole(kReportFd, finding_line(finding, seal)) ? 0 : 1);
}

Finding run_test(const Test& test, Order order, const std::string& seal) {
  Verdict verdict([hanging = order.hanging, &seal](const std::string& step, bool preparing) {
    base::write_whole(kReportFd, step_line(step, preparing));
    if (preparing && std::find(hanging.begin(), hanging.end(), step) != hanging.end())
      end_with({State::kBlocked, "in an earlier test it did not come back while " + step, {}, {}}, seal);
  });
  Subject subject(std::move(order));
  try {
    test.run(subject, verdict);
  } catch (const std::exception& error) {
    threw(verdict, error.what());
  } catch (...) {
    threw(verdict, "of an unknown type");
  }
  return verdict.finding();
}

}  // namespace

void child_main() {
  auto sealed = parse_order(read_input());
  const Test* const test = sealed ? find_test(sealed->order.test) : nullptr;
  if (test == nullptr) {
    const std::string why = sealed ? "no test " + sealed->order.test : sealed.error().message;
    static_cast<void>(std::fprintf(stderr, "herald: %s\n", why.c_str()));
    ::_exit(kNoOrder);
  }
  const int nowhere = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nowhere >= 0) ::dup2(nowhere, STDIN_FILENO);  // otherwise it reads the end of the order, which harms nothing
  if (nowhere > STDIN_FILENO) ::close(nowhere);
  limit_this_process();
  if (kSanitized) {
    let_signals_kill();
    begin_runtime_threads();
  }
  ::fcntl(kReportFd, F_SETFD, FD_CLOEXEC);
  end_with(run_test(*test, std::move(sealed->order), sealed->seal), sealed->seal);
}

}  // namespace herald::tools::check
