// One kept-alive connection with at most one request on it.
#pragma once

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "tools/bench/answer_reader.h"

namespace herald::tools::bench {

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

// One thread at a time. Never blocks. Its own address is what epoll knows it by.
class Connection {
 public:
  enum class State { kClosed, kConnecting, kIdle, kBusy };
  enum class Event {
    kNothing,
    kOpened,     // it is idle now
    kAnswer,     // see reader(); idle, or closed when the peer closes behind its answer
    kClosed,     // by the peer; a request that was on it is lost
    kMalformed,  // closed, since what came is no answer
  };

  explicit Connection(int epoll) : epoll_(epoll) {}
  ~Connection() { close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // From kClosed. False when the system refuses at once; errno says why.
  bool open(const Address& address);
  void close();

  // From kIdle, with the request in out(). False when the peer has closed the connection: it is closed now.
  bool send(base::MonoTime due, base::MonoTime now);

  Event on_ready(std::uint32_t events);

  State state() const { return state_; }
  std::string& out() { return out_; }
  const AnswerReader& reader() const { return reader_; }
  base::MonoTime due() const { return due_; }
  base::MonoTime sent_at() const { return sent_at_; }
  int connect_error() const { return connect_error_; }  // of the last attempt that failed

 private:
  Event on_connected();
  Event on_bytes();
  Event lost(bool malformed);
  Event answered();
  bool flush();
  void watch(std::uint32_t events);

  const int epoll_;
  int fd_ = -1;
  State state_ = State::kClosed;
  int connect_error_ = 0;
  std::uint32_t watched_ = 0;
  std::string out_;
  std::size_t flushed_ = 0;
  base::MonoTime due_{};
  base::MonoTime sent_at_{};
  AnswerReader reader_;
};

}  // namespace herald::tools::bench
