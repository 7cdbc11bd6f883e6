#include "hostile/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace herald::test {
namespace {

constexpr std::chrono::milliseconds kDeadline{10'000};

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::system_category(), what);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

bool ready(int fd, short events, std::chrono::milliseconds within) {
  pollfd watched{fd, events, 0};
  return poll(&watched, 1, static_cast<int>(within.count())) > 0;
}

RawAnswer parse_head(std::string_view head) {
  RawAnswer answer;
  if (head.substr(0, 9) != "HTTP/1.1 ") throw std::runtime_error("no status line: " + std::string(head));
  answer.status = std::stoi(std::string(head.substr(9, 3)));
  auto line_end = head.find("\r\n");
  while (line_end != std::string_view::npos && line_end + 2 < head.size()) {
    head.remove_prefix(line_end + 2);
    line_end = head.find("\r\n");
    const auto line = head.substr(0, line_end);
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) throw std::runtime_error("no field: " + std::string(line));
    answer.fields.emplace(lower(std::string(line.substr(0, colon))), line.substr(colon + 2));
  }
  return answer;
}

}  // namespace

RawClient::RawClient(std::uint16_t port, int receive_buffer_bytes, const std::string& address) {
  sockaddr_storage to{};
  socklen_t size = 0;
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&to);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&to);
  if (inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    size = sizeof *v4;
  } else if (inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    size = sizeof *v6;
  } else {
    throw std::runtime_error("no numeric address: " + address);
  }
  fd_ = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0) fail("socket");
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (receive_buffer_bytes > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  }
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&to), size) != 0) {
    const int error = errno;
    ::close(fd_);
    throw std::system_error(error, std::system_category(), "connect");
  }
}

RawClient RawClient::from(const std::string& source, std::uint16_t port) {
  RawClient made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (made.fd_ < 0) fail("socket");
  sockaddr_in own{};
  own.sin_family = AF_INET;
  if (inet_pton(AF_INET, source.c_str(), &own.sin_addr) != 1) throw std::runtime_error("no address: " + source);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(made.fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) fail("bind");
  if (connect(made.fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("connect");
  return made;
}

RawClient::~RawClient() {
  if (fd_ >= 0) ::close(fd_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), unread_(std::move(other.unread_)) {}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::size_t RawClient::send_some(std::string_view bytes) {
  const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

void RawClient::half_close() {
  shutdown(fd_, SHUT_WR);
}

void RawClient::reset() {
  const linger hard{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(std::exchange(fd_, -1));
}

bool RawClient::read_more(std::chrono::milliseconds within) {
  if (!ready(fd_, POLLIN, within)) throw std::runtime_error("the server neither answered nor closed in time");
  std::array<char, 16384> buffer;
  const auto count = recv(fd_, buffer.data(), buffer.size(), 0);
  if (count <= 0) return false;
  unread_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<RawAnswer> RawClient::answer(bool head_only) {
  auto head_end = unread_.find("\r\n\r\n");
  for (; head_end == std::string::npos; head_end = unread_.find("\r\n\r\n")) {
    if (!read_more(kDeadline)) return std::nullopt;
  }
  auto answer = parse_head(std::string_view(unread_).substr(0, head_end + 2));
  unread_.erase(0, head_end + 4);
  if (head_only || answer.field("content-length").empty()) return answer;
  const auto length = std::stoul(answer.field("content-length"));
  while (unread_.size() < length) {
    if (!read_more(kDeadline)) throw std::runtime_error("the server closed within a body");
  }
  answer.body = unread_.substr(0, length);
  unread_.erase(0, length);
  return answer;
}

std::string RawClient::read_within(std::chrono::milliseconds within) {
  if (unread_.empty() && ready(fd_, POLLIN, within)) read_more(within);
  return std::exchange(unread_, {});
}

bool RawClient::closed() {
  try {
    while (read_more(kDeadline)) {
    }
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

bool RawClient::silent() {
  return unread_.empty() && !ready(fd_, POLLIN, std::chrono::milliseconds{0});
}

}  // namespace herald::test
