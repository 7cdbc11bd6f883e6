// A fixture with a real server on a free port, and the requests that tests send it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "hostile/raw_client.h"
#include "hostile/test_handler.h"
#include "http/server.h"
#include "observe/metrics.h"
#include "support/recording_log.h"

namespace herald::test {

class Served : public ::testing::Test {
 protected:
  Served() {
    options_.port = 0;
    options_.max_body_bytes = 4096;
  }

  ~Served() override {
    server_.reset();  // before what it borrows
  }

  // With options_ as they are; the first client starts it with what the test has set by then.
  http::Server& server() {
    if (!server_) {
      server_ = std::make_unique<http::Server>(options_, handler_, clock_, log_, metrics_);
      const auto started = server_->start();
      if (!started) throw std::runtime_error(started.error().message);
    }
    return *server_;
  }

  RawClient client(int receive_buffer_bytes = 0) { return RawClient(server().port(), receive_buffer_bytes); }

  static std::string get(const std::string& target, const std::string& fields = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
  }
  static std::string post(const std::string& target, const std::string& body, const std::string& fields = "") {
    return "POST " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           fields + "\r\n" + body;
  }

  // A fresh connection gets its answer: the server is alive.
  bool serves() {
    auto fresh = client();
    fresh.send(get("/tell"));
    const auto answer = fresh.answer();
    return answer && answer->status == 200;
  }

  http::Options options_;
  base::SystemClock clock_;
  RecordingLog log_;
  observe::Metrics metrics_;
  TestHandler handler_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace herald::test
