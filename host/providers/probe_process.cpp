#include "providers/probe_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "providers/owned_fd.h"

namespace herald::providers {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How often the child's end is looked for while the pipe is silent: a grandchild may hold the pipe open.
constexpr milliseconds kLook{20};

struct SpawnPlan {
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

// 0, or the error number of the first step that failed.
int prepare(SpawnPlan& plan, int output) {
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  const std::array<int, 9> steps{
      posix_spawn_file_actions_addopen(&plan.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0),
      posix_spawn_file_actions_adddup2(&plan.actions, output, STDOUT_FILENO),
      posix_spawn_file_actions_addopen(&plan.actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0),
      posix_spawn_file_actions_addclosefrom_np(&plan.actions, STDERR_FILENO + 1),
      posix_spawnattr_setpgroup(&plan.attributes, 0),
      posix_spawnattr_setsigmask(&plan.attributes, &none),
      posix_spawnattr_setsigdefault(&plan.attributes, &all),
      posix_spawnattr_setflags(&plan.attributes,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF),
      0};
  const auto* const failed = std::find_if(steps.begin(), steps.end(), [](int error) { return error != 0; });
  return failed == steps.end() ? 0 : *failed;
}

tl::unexpected<base::Error> cannot(const std::string& what, int error) {
  return base::fail(base::ErrorCode::kUnavailable,
                    what + ": " + std::generic_category().message(error) +
                        "; the file was not tried, and will be at the next look at the folder");
}

base::Result<pid_t> spawn(const std::vector<std::string>& arguments, int output) {
  SpawnPlan plan;
  if (const int error = prepare(plan, output); error != 0) return cannot("the probe cannot be prepared", error);
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const auto& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));  // posix_spawn's signature
  argv.push_back(nullptr);
  pid_t child = 0;
  const int error = posix_spawn(&child, argv.front(), &plan.actions, &plan.attributes, argv.data(), environ);
  if (error != 0) return cannot("the probe cannot be run", error);
  return child;
}

enum class Supply { kMore, kNothingYet, kEnded };

// Takes what the pipe, which does not block, has at this moment.
Supply take(int fd, ProcessEnd& end, std::size_t max_output) {
  std::array<char, 4096> buffer{};
  const ssize_t got = ::read(fd, buffer.data(), buffer.size());
  if (got > 0) {
    end.output.append(buffer.data(), static_cast<std::size_t>(got));
    end.overflowed = end.output.size() > max_output;
    return Supply::kMore;
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return Supply::kNothingYet;
  return Supply::kEnded;
}

// True when the child has ended; it stays a zombie, so that its number, and its group's, are not given to another.
base::Result<bool> has_ended(pid_t child) {
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno != EINTR) {
    return cannot("the probe cannot be waited for", errno);
  }
  return info.si_pid == child;
}

// Reads until the child has ended, has written too much, or its time is up.
base::Status follow(pid_t child, int fd, ProcessEnd& end, milliseconds timeout, std::size_t max_output) {
  const auto deadline = SteadyClock::now() + timeout;
  bool open = true;
  while (true) {
    const auto ended = has_ended(child);
    if (!ended) return tl::make_unexpected(ended.error());
    while (open && !end.overflowed) {
      const Supply supply = take(fd, end, max_output);
      if (supply == Supply::kEnded) open = false;
      if (supply == Supply::kNothingYet) break;
    }
    if (*ended || end.overflowed) return {};
    const auto left = std::chrono::ceil<milliseconds>(deadline - SteadyClock::now());
    end.timed_out = left <= milliseconds::zero();
    if (end.timed_out) return {};
    // A closed pipe means that the child is about to end; only its end is still waited for.
    pollfd watched{open ? fd : -1, POLLIN, 0};
    const auto pause = open ? kLook : milliseconds{1};
    ::poll(&watched, 1, static_cast<int>(std::min(left, pause).count()));
  }
}

}  // namespace

base::Result<ProcessEnd> run_process(const std::vector<std::string>& arguments, milliseconds timeout,
                                     std::size_t max_output) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return cannot("no pipe for the probe", errno);
  const OwnedFd output(ends[0]);
  OwnedFd input(ends[1]);
  // Only the reading end: the child's standard output shall block as usual.
  if (::fcntl(output.get(), F_SETFL, O_NONBLOCK) != 0) return cannot("no pipe for the probe", errno);
  const auto child = spawn(arguments, input.get());
  if (!child) return tl::make_unexpected(child.error());
  input.reset();

  ProcessEnd end;
  const auto followed = follow(*child, output.get(), end, timeout, max_output);
  ::kill(-*child, SIGKILL);  // the whole group: what hangs, and what the child has left behind
  while (::waitpid(*child, &end.wait_status, 0) < 0) {
    if (errno != EINTR) return cannot("the probe cannot be waited for", errno);
  }
  if (!followed) return tl::make_unexpected(followed.error());
  return end;
}

}  // namespace herald::providers
