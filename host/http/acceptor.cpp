#include "http/acceptor.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <exception>
#include <utility>

namespace herald::http {
namespace {

// How often a full house is looked at again. The kernel's backlog keeps who waits.
constexpr int kPauseMs = 20;

}  // namespace

Acceptor::Acceptor(std::size_t max_connections, std::vector<Mailbox*> mailboxes, Population& population,
                   observe::Log& log)
    : max_connections_(max_connections), mailboxes_(std::move(mailboxes)), population_(population), log_(log) {}

Acceptor::~Acceptor() {
  stop();
}

base::Status Acceptor::start(Listener listener) {
  stop_ = Socket(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!stop_) {
    return base::fail(base::ErrorCode::kUnavailable, "cannot make an eventfd: " + system_message(errno) +
                                                         "; raise the limit of open files (ulimit -n)");
  }
  listener_.emplace(std::move(listener));
  try {
    thread_ = base::Worker("http-accept", [this] { run(); });
  } catch (const std::exception& error) {
    listener_.reset();
    return base::fail(base::ErrorCode::kUnavailable, std::string("cannot start the accepting thread: ") + error.what() +
                                                         "; raise the limit of threads (ulimit -u)");
  }
  return {};
}

void Acceptor::stop() {
  if (stop_) eventfd_write(stop_.fd(), 1);
  thread_.join();
  listener_.reset();
}

void Acceptor::run() {
  while (wait_for_connection()) {
    while (population_.size() < max_connections_ + kRefusals && accept_one()) {
    }
    // Over the bound, or out of descriptors: the listening socket stays readable and must not be polled meanwhile.
    if (population_.size() >= max_connections_ + kRefusals || exhaustion_reported_) {
      if (!pause()) return;
    }
  }
}

// False when it is time to stop.
bool Acceptor::wait_for_connection() {
  std::array<pollfd, 2> watched{pollfd{stop_.fd(), POLLIN, 0}, pollfd{listener_->fd(), POLLIN, 0}};
  while (poll(watched.data(), watched.size(), -1) < 0 && errno == EINTR) {
  }
  return watched[0].revents == 0;
}

// False when it is time to stop.
bool Acceptor::pause() {
  pollfd watched{stop_.fd(), POLLIN, 0};
  return poll(&watched, 1, kPauseMs) <= 0;
}

// False when there is none to accept, or no descriptor for it.
bool Acceptor::accept_one() {
  Arrival arrival;
  socklen_t size = sizeof arrival.address;
  arrival.socket = Socket(
      accept4(listener_->fd(), reinterpret_cast<sockaddr*>(&arrival.address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!arrival.socket) {
    const int error = errno;
    if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
      if (!std::exchange(exhaustion_reported_, true)) {
        log_.warn("http.accept_exhausted",
                  {{"error", system_message(error)}, {"cure", "raise the limit of open files (ulimit -n)"}});
      }
      return false;
    }
    // Anything else is the one connection's own end, such as ECONNABORTED.
    return error != EAGAIN && error != EWOULDBLOCK;
  }
  exhaustion_reported_ = false;
  const int on = 1;
  // Answers go out whole: Nagle's algorithm could only delay them. Without it they are merely slower.
  setsockopt(arrival.socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  arrival.refused = population_.size() >= max_connections_;
  arrival.seat = Seat(population_);
  mailboxes_[next_mailbox_++ % mailboxes_.size()]->post(std::move(arrival));
  return true;
}

}  // namespace herald::http
