// A client that sends any bytes and sees what really comes back.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace herald::test {

struct RawAnswer {
  int status = 0;
  std::map<std::string, std::string> fields;  // names in lower case
  std::string body;

  std::string field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
  }
};

// One thread at a time. Every wait has a deadline of ten seconds and then throws.
class RawClient {
 public:
  // `receive_buffer_bytes`: of the kernel, 0 leaves its choice; a small one fills soon.
  explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0, const std::string& address = "127.0.0.1");
  // Over IPv4 from this address of the loopback network.
  static RawClient from(const std::string& source, std::uint16_t port);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&&) = delete;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // Sends all of it. False when the server has closed.
  bool send(std::string_view bytes);
  // Sends what goes without waiting; how much that was.
  std::size_t send_some(std::string_view bytes);
  void half_close();
  // Closes with a reset, as a crashed client does.
  void reset();

  // The next answer; nothing when the server closed instead. `head_only`: it answers a HEAD.
  std::optional<RawAnswer> answer(bool head_only = false);
  // Bytes that come within `within`; empty when none do.
  std::string read_within(std::chrono::milliseconds within);
  // Waits until the server closes. False when it still had not at the deadline.
  bool closed();
  // Whether the server has neither sent nor closed so far.
  bool silent();

 private:
  explicit RawClient(int fd) : fd_(fd) {}

  // False at the end of the stream.
  bool read_more(std::chrono::milliseconds within);

  int fd_ = -1;
  std::string unread_;
};

}  // namespace herald::test
