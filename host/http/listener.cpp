#include "http/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace herald::http {
namespace {

constexpr int kBacklog = 4096;  // the kernel cuts it to net.core.somaxconn

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

std::string written(const std::string& host, std::uint16_t port) {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

base::Error bind_error(const std::string& host, std::uint16_t port, int cause) {
  auto text = "cannot listen on " + written(host, port) + ": ";
  switch (cause) {
    case EADDRINUSE:
      return {base::ErrorCode::kConflict,
              text + "the port is in use by another process; stop it, or choose another port (0 picks a free one)"};
    case EACCES:
    case EPERM:
      return {base::ErrorCode::kPermission,
              text + "not permitted; ports below 1024 need root or CAP_NET_BIND_SERVICE, choose a higher one"};
    case EADDRNOTAVAIL:
      return {base::ErrorCode::kInvalid, text +
                                             "no interface of this machine has that address; use 127.0.0.1, ::1, "
                                             "0.0.0.0, :: or an address that `ip address` lists"};
    default:
      return {base::ErrorCode::kUnavailable, text + system_message(cause)};
  }
}

// The socket, or errno's value.
tl::expected<Socket, int> listen_on(const addrinfo& address) {
  Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return tl::make_unexpected(errno);
  const int on = 1;
  const int off = 0;
  if (setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return tl::make_unexpected(errno);
  // "::" serves IPv4 too, whatever net.ipv6.bindv6only says.
  if (address.ai_family == AF_INET6 && setsockopt(socket.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0) {
    return tl::make_unexpected(errno);
  }
  if (bind(socket.fd(), address.ai_addr, address.ai_addrlen) != 0) return tl::make_unexpected(errno);
  if (listen(socket.fd(), kBacklog) != 0) return tl::make_unexpected(errno);
  return socket;
}

std::uint16_t bound_port(const Socket& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    return ntohs(v6.sin6_port);
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &address, sizeof v4);
  return ntohs(v4.sin_port);
}

}  // namespace

base::Result<Listener> Listener::open(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); error != 0) {
    return base::fail(base::ErrorCode::kInvalid, "cannot listen on " + written(host, port) +
                                                     ": the host is not known (" + gai_strerror(error) +
                                                     "); give an address of this machine, such as 127.0.0.1");
  }
  const Addresses addresses(found, &freeaddrinfo);
  int cause = EADDRNOTAVAIL;
  for (const int family : {AF_INET, AF_INET6}) {
    for (const auto* address = addresses.get(); address != nullptr; address = address->ai_next) {
      if (address->ai_family != family) continue;
      auto socket = listen_on(*address);
      if (socket) {
        const auto bound = bound_port(*socket);
        return Listener(std::move(*socket), bound);
      }
      cause = socket.error();
    }
  }
  return tl::make_unexpected(bind_error(host, port, cause));
}

}  // namespace herald::http
