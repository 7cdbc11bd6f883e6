#include "base/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "base/owned_fd.h"

namespace herald::base {
namespace {

tl::unexpected<Error> cannot(const std::string& what, int error) {
  return fail(ErrorCode::kUnavailable, what + ": " + std::generic_category().message(error));
}

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

// Copies above every number that the child is given, so that giving one never overwrites another.
Result<std::vector<OwnedFd>> set_apart(const std::vector<int>& descriptors) {
  std::vector<OwnedFd> copies;
  for (const int descriptor : descriptors) {
    copies.emplace_back(::fcntl(descriptor, F_DUPFD_CLOEXEC, static_cast<int>(descriptors.size())));
    if (!copies.back()) return cannot("its descriptors cannot be copied", errno);
  }
  return copies;
}

// 0, or the error number of the first step that failed.
int prepare(SpawnPlan& plan, const std::vector<OwnedFd>& descriptors, const std::filesystem::path& folder) {
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  std::vector<int> steps;
  for (const OwnedFd& descriptor : descriptors) {
    const auto number = static_cast<int>(steps.size());
    steps.push_back(posix_spawn_file_actions_adddup2(&plan.actions, descriptor.get(), number));
  }
  steps.push_back(posix_spawn_file_actions_addclosefrom_np(&plan.actions, static_cast<int>(descriptors.size())));
  if (!folder.empty()) steps.push_back(posix_spawn_file_actions_addchdir_np(&plan.actions, folder.c_str()));
  steps.push_back(posix_spawnattr_setpgroup(&plan.attributes, 0));
  steps.push_back(posix_spawnattr_setsigmask(&plan.attributes, &none));
  steps.push_back(posix_spawnattr_setsigdefault(&plan.attributes, &all));
  steps.push_back(posix_spawnattr_setflags(&plan.attributes,
                                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  const auto failed = std::find_if(steps.begin(), steps.end(), [](int error) { return error != 0; });
  return failed == steps.end() ? 0 : *failed;
}

}  // namespace

Result<ChildProcess> ChildProcess::begin(const ChildPlan& plan) {
  const auto descriptors = set_apart(plan.descriptors);
  if (!descriptors) return tl::make_unexpected(descriptors.error());
  SpawnPlan spawning;
  if (const int error = prepare(spawning, *descriptors, plan.folder); error != 0) {
    return cannot("it cannot be prepared", error);
  }
  std::vector<char*> argv;
  argv.reserve(plan.arguments.size() + 1);
  for (const auto& argument : plan.arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));  // posix_spawn's signature
  argv.push_back(nullptr);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, argv.front(), &spawning.actions, &spawning.attributes, argv.data(), environ);
  if (error != 0) return fail(ErrorCode::kUnavailable, std::generic_category().message(error));
  return ChildProcess(pid);
}

ChildProcess::~ChildProcess() {
  static_cast<void>(end());  // only a child that somebody else has waited for fails it
}

Result<bool> ChildProcess::has_ended() const {
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno != EINTR) {
    return cannot("the child process cannot be waited for", errno);
  }
  return info.si_pid == pid_;
}

Result<int> ChildProcess::end() {
  int status = 0;
  if (pid_ == 0) return status;
  const pid_t pid = std::exchange(pid_, 0);
  ::kill(-pid, SIGKILL);
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return cannot("the child process cannot be waited for", errno);
  }
  return status;
}

void lower_limit(__rlimit_resource resource, rlim_t most) {
  struct rlimit bound {};
  if (::getrlimit(resource, &bound) != 0) return;  // of a resource that there is: cannot fail
  if (bound.rlim_max != RLIM_INFINITY && bound.rlim_max < most) most = bound.rlim_max;
  bound.rlim_cur = bound.rlim_max = most;
  ::setrlimit(resource, &bound);  // lowering one's own limit cannot be refused
}

}  // namespace herald::base
