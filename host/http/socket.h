// A file descriptor with one owner, and the text of a peer's address.
#pragma once

#include <sys/socket.h>

#include <string>
#include <utility>

namespace herald::http {

// Closes on destruction.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

// Numeric, without the port; an IPv4 address that came over IPv6 in its IPv4 form.
std::string numeric_address(const sockaddr_storage& address);

// What errno says, in words.
std::string system_message(int error);

}  // namespace herald::http
