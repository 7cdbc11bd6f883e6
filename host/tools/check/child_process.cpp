#include "tools/check/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

#include "providers/owned_fd.h"

namespace herald::tools::check {
namespace {

using providers::OwnedFd;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMaxReportBytes = 1UL << 20U;
constexpr std::size_t kMaxPrintedBytes = 16UL << 10U;
// How often the child's end is looked for while the pipes are silent: a grandchild may hold them open.
constexpr milliseconds kLook{20};
// Above every descriptor that the child is given, so that giving one never overwrites another.
constexpr int kLeastFd = 10;

tl::unexpected<base::Error> cannot(const std::string& what, int error) {
  return base::fail(base::ErrorCode::kUnavailable, what + ": " + std::generic_category().message(error));
}

struct Pipe {
  OwnedFd reading;
  OwnedFd writing;
};

base::Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return cannot("no pipe can be made", errno);
  const OwnedFd low(ends[1]);
  Pipe pipe{OwnedFd(ends[0]), OwnedFd(::fcntl(ends[1], F_DUPFD_CLOEXEC, kLeastFd))};
  // Only the reading end: what the child writes to shall block as usual.
  if (!pipe.writing || ::fcntl(pipe.reading.get(), F_SETFL, O_NONBLOCK) != 0)
    return cannot("no pipe can be made", errno);
  return pipe;
}

base::Result<OwnedFd> file_with(const std::string& bytes) {
  const OwnedFd low(::memfd_create("herald-plugin-check", MFD_CLOEXEC));
  OwnedFd file(low ? ::fcntl(low.get(), F_DUPFD_CLOEXEC, kLeastFd) : -1);
  if (!file) return cannot("the order to the child cannot be made", errno);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t put = ::write(file.get(), bytes.data() + done, bytes.size() - done);
    if (put < 0 && errno != EINTR) return cannot("the order to the child cannot be written", errno);
    if (put > 0) done += static_cast<std::size_t>(put);
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return cannot("the order to the child cannot be written", errno);
  return file;
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

// 0, or the error number of the first step that failed.
int prepare(SpawnPlan& plan, const std::filesystem::path& folder, const OwnedFd& input, const Pipe& printed,
            const Pipe& report) {
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  const std::array<int, 10> steps{
      posix_spawn_file_actions_adddup2(&plan.actions, input.get(), STDIN_FILENO),
      posix_spawn_file_actions_adddup2(&plan.actions, printed.writing.get(), STDOUT_FILENO),
      posix_spawn_file_actions_adddup2(&plan.actions, printed.writing.get(), STDERR_FILENO),
      posix_spawn_file_actions_adddup2(&plan.actions, report.writing.get(), kReportFd),
      posix_spawn_file_actions_addclosefrom_np(&plan.actions, kReportFd + 1),
      posix_spawn_file_actions_addchdir_np(&plan.actions, folder.c_str()),
      posix_spawnattr_setpgroup(&plan.attributes, 0),
      posix_spawnattr_setsigmask(&plan.attributes, &none),
      posix_spawnattr_setsigdefault(&plan.attributes, &all),
      posix_spawnattr_setflags(&plan.attributes,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)};
  const auto* const failed = std::find_if(steps.begin(), steps.end(), [](int error) { return error != 0; });
  return failed == steps.end() ? 0 : *failed;
}

base::Result<pid_t> spawn(const ChildPlan& wanted, const OwnedFd& input, const Pipe& printed, const Pipe& report) {
  SpawnPlan plan;
  if (const int error = prepare(plan, wanted.folder, input, printed, report); error != 0)
    return cannot("the child process cannot be prepared", error);
  std::vector<char*> argv;
  argv.reserve(wanted.arguments.size() + 1);
  for (const auto& argument : wanted.arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));  // posix_spawn's signature
  argv.push_back(nullptr);
  pid_t child = 0;
  const int error = posix_spawn(&child, argv.front(), &plan.actions, &plan.attributes, argv.data(), environ);
  if (error != 0) return cannot(wanted.arguments.front() + " cannot be run", error);
  return child;
}

// One pipe of the child's, read to its bound; what comes beyond it is read and forgotten, so that the child goes on.
class Intake {
 public:
  Intake(int fd, std::size_t most) : fd_(fd), most_(most) {}

  void take() {
    std::array<char, 4096> buffer{};
    while (fd_ >= 0) {
      const ssize_t got = ::read(fd_, buffer.data(), buffer.size());
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (got <= 0) {
        fd_ = -1;
        return;
      }
      text_.append(buffer.data(), std::min(static_cast<std::size_t>(got), most_ - text_.size()));
      if (--patience_ == 0) return;  // one that writes without end shall not hold up the deadline
    }
  }
  void renew() { patience_ = kReadsAtOnce; }

  pollfd watched() const { return {fd_, POLLIN, 0}; }
  bool open() const { return fd_ >= 0; }
  std::string text() && { return std::move(text_); }

 private:
  static constexpr int kReadsAtOnce = 64;

  int fd_;
  std::size_t most_;
  int patience_ = kReadsAtOnce;
  std::string text_;
};

// True when the child has ended; it stays a zombie, so that its number, and its group's, are not given to another.
bool has_ended(pid_t child) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child;
}

// Reads until the child has ended; false when its time is up, or it is given up, before.
bool follow(pid_t child, Intake& report, Intake& printed, const ChildPlan& plan, SteadyClock::time_point deadline) {
  while (true) {
    const bool ended = has_ended(child);
    for (Intake* intake : {&report, &printed}) {
      intake->renew();
      intake->take();
    }
    if (ended) return true;
    const auto left = std::chrono::ceil<milliseconds>(deadline - SteadyClock::now());
    if (left <= milliseconds::zero() || (plan.given_up && plan.given_up())) return false;
    std::array<pollfd, 2> watched{report.watched(), printed.watched()};
    // A closed pipe means that the child is about to end; only its end is still waited for.
    const auto pause = report.open() ? kLook : milliseconds{1};
    ::poll(watched.data(), watched.size(), static_cast<int>(std::min(left, pause).count()));
  }
}

}  // namespace

base::Result<ChildEnd> run_child_process(const ChildPlan& plan) {
  auto input = file_with(plan.input);
  if (!input) return tl::make_unexpected(input.error());
  auto report = make_pipe();
  if (!report) return tl::make_unexpected(report.error());
  auto printed = make_pipe();
  if (!printed) return tl::make_unexpected(printed.error());
  const auto begin = SteadyClock::now();
  const auto child = spawn(plan, *input, *printed, *report);
  if (!child) return tl::make_unexpected(child.error());
  report->writing.reset();
  printed->writing.reset();

  ChildEnd end;
  Intake reported(report->reading.get(), kMaxReportBytes);
  Intake shown(printed->reading.get(), kMaxPrintedBytes);
  end.timed_out = !follow(*child, reported, shown, plan, begin + plan.timeout);
  ::kill(-*child, SIGKILL);  // the whole group: what hangs, and what the child has left behind
  while (::waitpid(*child, &end.wait_status, 0) < 0) {
    if (errno != EINTR) return cannot("the child process cannot be waited for", errno);
  }
  end.took = std::chrono::duration_cast<milliseconds>(SteadyClock::now() - begin);
  end.report = std::move(reported).text();
  end.printed = std::move(shown).text();
  return end;
}

}  // namespace herald::tools::check
