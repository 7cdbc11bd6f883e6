// A carrier's HTTP server on loopback, for tests of providers that call one.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace herald::testkit {

// Answers every request with the same bytes, and keeps what it was sent. One connection at a time, as long as it lasts.
class CarrierServer {
 public:
  CarrierServer() {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (listener_ < 0 || bind(listener_, raw, size) != 0 || listen(listener_, 8) != 0 ||
        getsockname(listener_, raw, &size) != 0)
      throw std::runtime_error("no server on loopback");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~CarrierServer() { close(); }
  CarrierServer(const CarrierServer&) = delete;
  CarrierServer& operator=(const CarrierServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/messages"; }

  // The bytes of the answers from here on; empty: it reads and does not answer.
  void answer_with(std::string bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    answer_ = std::move(bytes);
  }
  void answer(const std::string& status, const std::string& body = "", const std::string& header = "") {
    answer_with("HTTP/1.1 " + status + "\r\n" + header + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                body);
  }

  // Whole requests, in order.
  std::vector<std::string> requests() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return requests_;
  }
  std::size_t connections() const { return connections_; }

  // Refuses connections from here on.
  void close() {
    if (!thread_.joinable()) return;
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    if (const int peer = peer_; peer >= 0) ::shutdown(peer, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

 private:
  void serve() {
    while (!ending_) {
      const int peer = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (peer < 0) continue;
      peer_ = peer;
      ++connections_;
      if (!ending_) converse(peer);
      peer_ = -1;
      ::close(peer);
    }
  }

  void converse(int peer) {
    std::string received;
    char chunk[4096];
    for (ssize_t count = 0; (count = recv(peer, chunk, sizeof chunk, 0)) > 0;) {
      received.append(chunk, static_cast<std::size_t>(count));
      if (!is_whole(received)) continue;
      const std::lock_guard<std::mutex> lock(mutex_);
      requests_.push_back(std::move(received));
      received.clear();
      if (!answer_.empty() && send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL) < 0) return;
    }
  }

  static bool is_whole(const std::string& request) {
    const auto end = request.find("\r\n\r\n");
    const auto length = request.find("Content-Length: ");
    if (end == std::string::npos || length == std::string::npos) return false;
    return request.size() >= end + 4 + std::stoul(request.substr(length + 16));
  }

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> peer_{-1};
  std::atomic<bool> ending_{false};
  std::atomic<std::size_t> connections_{0};
  mutable std::mutex mutex_;  // guards answer_ and requests_
  std::string answer_ = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace herald::testkit
