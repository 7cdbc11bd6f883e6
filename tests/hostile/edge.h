// The fixture of hostile peers at the real binary's door: each is answered or closed, nothing of it is stored that
// should not be, and the host goes on serving the others.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "hostile/raw_client.h"
#include "integration/running_host.h"

namespace herald::test {

class Edge : public RunningHost {
 protected:
  static constexpr std::size_t kMaxBody = 262'144;  // API_MAX_BODY_BYTES as it is by itself

  RawClient peer(int receive_buffer_bytes = 0) { return RawClient(host().port(), receive_buffer_bytes); }

  static std::string post_of(const std::string& body, const std::string& fields = "") {
    return "POST /api/messages/sms HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + fields +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static std::string get_of(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"; }
  static std::string chunked(const std::string& coding, const std::string& chunks) {
    return "POST /api/messages/sms HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: " +
           coding + "\r\n\r\n" + chunks;
  }

  // The answer to these bytes alone.
  RawAnswer told(const std::string& bytes) {
    auto one = peer();
    one.send(bytes);
    return one.answer().value_or(RawAnswer{});
  }
  static std::string code_of(const RawAnswer& answer) {
    const auto body = nlohmann::json::parse(answer.body, nullptr, false);
    return body.is_object() ? body.value("code", "") : "";
  }

  // At most a hundred.
  std::size_t stored() { return get("/api/messages?limit=100").json().at("items").size(); }

  // The value of a metric that has no labels.
  std::size_t metric(const std::string& name) {
    const auto text = get("/metrics").body;
    const auto at = text.find("\n" + name + " ");
    EXPECT_NE(at, std::string::npos) << name;
    return at == std::string::npos ? 0 : std::stoul(text.substr(at + name.size() + 2));
  }

  // The bytes get this answer, the connection ends, and what stands behind them is no request.
  void expect_end(const std::string& bytes, int status) {
    auto one = peer();
    one.send(bytes + post_of(sms("smuggled").dump()));
    const auto answer = one.answer();
    ASSERT_TRUE(answer) << bytes.substr(0, 200);
    EXPECT_EQ(answer->status, status) << bytes.substr(0, 200);
    EXPECT_EQ(answer->field("connection"), "close") << bytes.substr(0, 200);
    EXPECT_EQ(answer->field("content-type"), "application/problem+json") << bytes.substr(0, 200);
    EXPECT_FALSE(one.answer()) << "a second answer to: " << bytes.substr(0, 200);
    EXPECT_EQ(stored(), 0U) << bytes.substr(0, 200);
  }

  // Of the process, in bytes.
  std::size_t resident() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/statm");
    std::size_t all = 0;
    std::size_t in_memory = 0;
    status >> all >> in_memory;
    return in_memory * 4096;
  }

  void start_quiet() {
    start({{"API_DISPATCH", "off"}});
    pid_ = host().pid();
  }

  pid_t pid_ = 0;
};

}  // namespace herald::test
