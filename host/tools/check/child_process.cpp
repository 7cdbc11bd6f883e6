#include "tools/check/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "base/child_process.h"
#include "base/owned_fd.h"

namespace herald::tools::check {
namespace {

using base::OwnedFd;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMaxReportBytes = 1UL << 20U;
constexpr std::size_t kMaxPrintedBytes = 16UL << 10U;
// How often the child's end is looked for while the pipes are silent: a grandchild may hold them open.
constexpr milliseconds kLook{20};

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
  Pipe pipe{OwnedFd(ends[0]), OwnedFd(ends[1])};
  // Only the reading end: what the child writes to shall block as usual.
  if (::fcntl(pipe.reading.get(), F_SETFL, O_NONBLOCK) != 0) return cannot("no pipe can be made", errno);
  return pipe;
}

base::Result<OwnedFd> file_with(const std::string& bytes) {
  OwnedFd file(::memfd_create("herald-plugin-check", MFD_CLOEXEC));
  if (!file) return cannot("the order to the child cannot be made", errno);
  if (!base::write_whole(file.get(), bytes) || ::lseek(file.get(), 0, SEEK_SET) != 0) {
    return cannot("the order to the child cannot be written", errno);
  }
  return file;
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

// Reads until the child has ended; false when its time is up, or it is given up, before.
base::Result<bool> follow(const base::ChildProcess& child, Intake& report, Intake& printed, const ChildPlan& plan,
                          SteadyClock::time_point deadline) {
  while (true) {
    const auto ended = child.has_ended();
    if (!ended) return ended;
    for (Intake* intake : {&report, &printed}) {
      intake->renew();
      intake->take();
    }
    if (*ended) return true;
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
  auto child =
      base::ChildProcess::begin({plan.arguments,
                                 {input->get(), printed->writing.get(), printed->writing.get(), report->writing.get()},
                                 plan.folder});
  if (!child)
    return base::fail(child.error().code, plan.arguments.front() + " cannot be run: " + child.error().message);
  report->writing.reset();
  printed->writing.reset();

  ChildEnd end;
  Intake reported(report->reading.get(), kMaxReportBytes);
  Intake shown(printed->reading.get(), kMaxPrintedBytes);
  const auto in_time = follow(*child, reported, shown, plan, begin + plan.timeout);
  const auto status = child->end();
  if (!in_time) return tl::make_unexpected(in_time.error());
  if (!status) return tl::make_unexpected(status.error());
  end.timed_out = !*in_time;
  end.wait_status = *status;
  end.took = std::chrono::duration_cast<milliseconds>(SteadyClock::now() - begin);
  end.report = std::move(reported).text();
  end.printed = std::move(shown).text();
  return end;
}

}  // namespace herald::tools::check
