// A listening socket.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "http/socket.h"

namespace herald::http {

class Listener {
 public:
  // Binds the first address that `host` (a name or a numeric address, IPv4 before IPv6) stands for and that can be
  // bound; port 0 picks a free one. The error names address and port, the cause, and the cure.
  static base::Result<Listener> open(const std::string& host, std::uint16_t port);

  int fd() const { return socket_.fd(); }
  std::uint16_t port() const { return port_; }
  void close() { socket_.close(); }

 private:
  Listener(Socket socket, std::uint16_t port) : socket_(std::move(socket)), port_(port) {}

  Socket socket_;
  std::uint16_t port_;
};

}  // namespace herald::http
