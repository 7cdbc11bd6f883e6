#include "providers/probe_process.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "base/child_process.h"
#include "base/owned_fd.h"

namespace herald::providers {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How often the child's end is looked for while the pipe is silent: a grandchild may hold the pipe open.
constexpr milliseconds kLook{20};

tl::unexpected<base::Error> cannot(const std::string& what, const std::string& why) {
  return base::fail(base::ErrorCode::kUnavailable,
                    what + ": " + why + "; the file was not tried, and will be at the next look at the folder");
}

tl::unexpected<base::Error> cannot(const std::string& what, int error) {
  return cannot(what, std::generic_category().message(error));
}

tl::unexpected<base::Error> cannot(const std::string& what, const base::Error& error) {
  return cannot(what, error.message);
}

base::Result<base::ChildProcess> begin(const std::vector<std::string>& arguments, const base::OwnedFd& output) {
  const base::OwnedFd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!nowhere) return cannot("the probe cannot be prepared", errno);
  auto child = base::ChildProcess::begin({arguments, {nowhere.get(), output.get(), nowhere.get()}});
  if (!child) return cannot("the probe cannot be run", child.error());
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

// Reads until the child has ended, has written too much, or its time is up.
base::Status follow(const base::ChildProcess& child, int fd, ProcessEnd& end, milliseconds timeout,
                    std::size_t max_output) {
  const auto deadline = SteadyClock::now() + timeout;
  bool open = true;
  while (true) {
    const auto ended = child.has_ended();
    if (!ended) return cannot("the probe cannot be waited for", ended.error());
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
  const base::OwnedFd output(ends[0]);
  base::OwnedFd input(ends[1]);
  // Only the reading end: the child's standard output shall block as usual.
  if (::fcntl(output.get(), F_SETFL, O_NONBLOCK) != 0) return cannot("no pipe for the probe", errno);
  auto child = begin(arguments, input);
  if (!child) return tl::make_unexpected(child.error());
  input.reset();

  ProcessEnd end;
  const auto followed = follow(*child, output.get(), end, timeout, max_output);
  const auto status = child->end();
  if (!followed) return tl::make_unexpected(followed.error());
  if (!status) return cannot("the probe cannot be waited for", status.error());
  end.wait_status = *status;
  return end;
}

}  // namespace herald::providers
