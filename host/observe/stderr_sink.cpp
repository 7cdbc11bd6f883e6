#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "observe/log_line.h"
#include "observe/stderr_sink_internal.h"

namespace herald::observe {
namespace {

constexpr std::size_t kGatherBytes = 64U << 10U;  // written out at the latest when so much has gathered
constexpr int kPollMs = 100;
constexpr std::chrono::seconds kClosingPatience{2};

// As many whole lines as a pipe takes without blocking once poll has called it writable (POSIX: PIPE_BUF), so that
// lines stay whole beside other writers too; a part of a line where it alone is longer.
std::string_view next_piece(std::string_view pending) {
  if (pending.size() <= PIPE_BUF) return pending;
  const auto newline = pending.substr(0, PIPE_BUF).rfind('\n');
  return pending.substr(0, newline == std::string_view::npos ? PIPE_BUF : newline + 1);
}

}  // namespace

void StderrSink::log(const spdlog::details::log_msg& line) {
  const auto time = std::chrono::time_point_cast<base::Milliseconds>(line.time);
  append_line(format_, time, std::string_view(line.payload.data(), line.payload.size()), pending_);
  if (pending_.size() >= kGatherBytes || pool_->queue_size() == 0) flush();
}

void StderrSink::flush() {
  write_out();
}

// The form of a line is this room's own: patterns do not apply.
void StderrSink::set_pattern(const std::string&) {}
void StderrSink::set_formatter(std::unique_ptr<spdlog::formatter>) {}

void StderrSink::finish(std::size_t dropped) {
  report_dropped(dropped);
  write_out();
}

void StderrSink::report_dropped(std::size_t dropped) {
  if (dropped == reported_dropped_) return;
  std::string rest;
  format_rest(format_, LogLevel::kWarn, "log.dropped", {{"count", dropped - reported_dropped_}, {"total", dropped}},
              rest);
  reported_dropped_ = dropped;
  const auto now = std::chrono::time_point_cast<base::Milliseconds>(std::chrono::system_clock::now());
  append_line(format_, now, rest, pending_);
}

void StderrSink::write_out() {
  std::string_view left = pending_;
  while (!left.empty()) {
    if (!wait_until_writable()) break;
    const std::string_view piece = next_piece(left);
    const auto written = ::write(descriptor_, piece.data(), piece.size());
    if (written > 0)
      left.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EAGAIN && errno != EINTR)
      break;  // nobody reads any more, and there is nowhere to say so
  }
  pending_.clear();
}

bool StderrSink::wait_until_writable() {
  for (;;) {
    pollfd waiting{descriptor_, POLLOUT, 0};
    const int ready = ::poll(&waiting, 1, kPollMs);
    // Without its reader a pipe is "writable" too, but to write would raise SIGPIPE.
    if (ready > 0) return (waiting.revents & (POLLERR | POLLNVAL)) == 0;
    if (ready < 0 && errno != EINTR) return false;
    if (!closing_) continue;
    const auto now = std::chrono::steady_clock::now();
    if (give_up_at_ == base::MonoTime{}) give_up_at_ = now + kClosingPatience;
    if (now >= give_up_at_) return false;
  }
}

}  // namespace herald::observe
