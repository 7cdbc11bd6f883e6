#include "tools/bench/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace herald::tools::bench {

void Connection::watch(std::uint32_t events) {
  if (watched_ == events) return;
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.ptr = this;
  ::epoll_ctl(epoll_, watched_ == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd_, &wanted);
  watched_ = events;
}

bool Connection::open(const Address& address) {
  fd_ = ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) {
    connect_error_ = errno;
    return false;
  }
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address.bytes), address.size) != 0 && errno != EINPROGRESS) {
    connect_error_ = errno;
    close();
    return false;
  }
  state_ = State::kConnecting;
  reader_.reset();
  watch(EPOLLOUT);
  return true;
}

void Connection::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  watched_ = 0;
  state_ = State::kClosed;
}

bool Connection::flush() {
  while (flushed_ < out_.size()) {
    const auto sent = ::send(fd_, out_.data() + flushed_, out_.size() - flushed_, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0) return false;
    flushed_ += static_cast<std::size_t>(sent);
  }
  watch(flushed_ < out_.size() ? EPOLLIN | EPOLLOUT : EPOLLIN);
  return true;
}

bool Connection::send(base::MonoTime due, base::MonoTime now) {
  due_ = due;
  sent_at_ = now;
  flushed_ = 0;
  state_ = State::kBusy;
  if (flush()) return true;
  close();
  return false;
}

Connection::Event Connection::lost(bool malformed) {
  close();
  return malformed ? Event::kMalformed : Event::kClosed;
}

Connection::Event Connection::answered() {
  state_ = State::kIdle;
  // An answer that came before the whole request had gone out leaves a connection that nothing can follow on.
  if (!reader_.keep_alive() || flushed_ < out_.size()) close();
  return Event::kAnswer;
}

Connection::Event Connection::on_connected() {
  int fault = 0;
  socklen_t size = sizeof fault;
  ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &fault, &size);
  if (fault != 0) {
    connect_error_ = fault;
    return lost(false);
  }
  state_ = State::kIdle;
  watch(EPOLLIN);
  return Event::kOpened;
}

Connection::Event Connection::on_bytes() {
  std::array<char, 65'536> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init): what is read is what is used
  const auto count = ::recv(fd_, bytes.data(), bytes.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return Event::kNothing;
  if (count < 0 || state_ == State::kIdle) return lost(false);
  if (count == 0) {
    const auto end = reader_.finish();
    if (end == AnswerReader::Event::kAnswer) return answered();
    return lost(end == AnswerReader::Event::kMalformed);
  }
  switch (reader_.feed({bytes.data(), static_cast<std::size_t>(count)})) {
    case AnswerReader::Event::kAnswer:
      return answered();
    case AnswerReader::Event::kMalformed:
      return lost(true);
    case AnswerReader::Event::kMore:
      break;
  }
  return Event::kNothing;
}

Connection::Event Connection::on_ready(std::uint32_t events) {
  if (state_ == State::kClosed) return Event::kNothing;  // closed by what stood before it in the same wake-up
  if (state_ == State::kConnecting) return on_connected();
  if ((events & EPOLLOUT) != 0 && state_ == State::kBusy && !flush()) return lost(false);
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) return on_bytes();
  return Event::kNothing;
}

}  // namespace herald::tools::bench
