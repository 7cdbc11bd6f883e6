// A handler whose answers a test can foresee, hold back, or withhold.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "http/handler.h"

namespace herald::test {

// By path:
//   /echo     answers 200 with the body at once
//   /tell     answers with what the request looked like
//   /large    answers with as many bytes as the query says
//   /held     is answered when the test says so
//   /dropped  drops its responder
//   /throws   throws
//   /throws-late  keeps its responder, then throws
//   /splits   answers with a field that would split the answer
//   /closes   answers and asks for the end of the connection
// A request that expects "100 Continue" is refused with 401 when it has the field X-Refuse.
class TestHandler final : public http::Handler {
 public:
  void handle(const http::Request& request, http::Responder responder) override {
    ++handled_;
    if (request.path == "/held" || request.path == "/throws-late") {
      hold(request, std::move(responder));
      if (request.path == "/throws-late") throw std::runtime_error("secret cause");
      return;
    }
    if (request.path == "/dropped") return;
    if (request.path == "/throws") throw std::runtime_error("secret cause");
    std::move(responder).respond(answer(request));
  }

  http::Response refuse(const http::Fault& fault) noexcept override {
    ++refused_;
    return text(fault.status, std::string(fault.code));
  }

  std::optional<http::Response> check_head(const http::Request& request) override {
    if (!request.body.empty()) return text(500, "a head with a body");
    const base::MutexLock lock(mutex_);
    checked_id_ = request.request_id;
    if (request.header("X-Refuse")) return text(401, "refused");
    return std::nullopt;
  }

  std::size_t handled() const { return handled_; }
  std::size_t refused() const { return refused_; }
  std::size_t held() const {
    const base::MutexLock lock(mutex_);
    return held_.size();
  }

  // The id of the request whose head was checked last.
  std::string checked_id() const {
    const base::MutexLock lock(mutex_);
    return checked_id_;
  }

  // Answers what is held, from this thread, the last request first; each with its own query as the body.
  void release() {
    auto held = take_held();
    while (!held.empty()) {
      std::move(held.back().second).respond(text(200, held.back().first));
      held.pop_back();
    }
  }
  // Drops what is held unanswered.
  void abandon() { take_held(); }
  // What is held, for the test to answer.
  std::vector<std::pair<std::string, http::Responder>> take_held() {
    std::vector<std::pair<std::string, http::Responder>> held;
    const base::MutexLock lock(mutex_);
    held.swap(held_);
    return held;
  }

  static http::Response text(int status, std::string body) {
    http::Response response;
    response.status = status;
    response.content_type = "text/plain";
    response.body = std::move(body);
    return response;
  }

 private:
  void hold(const http::Request& request, http::Responder responder) {
    const base::MutexLock lock(mutex_);
    held_.emplace_back(std::string(request.query), std::move(responder));
  }

  static http::Response answer(const http::Request& request) {
    if (request.path == "/large") return text(200, std::string(std::stoul(std::string(request.query)), 'x'));
    if (request.path == "/tell") {
      return text(200, std::string(request.method_text) + " " + std::string(request.path) + "?" +
                           std::string(request.query) + " from " + std::string(request.remote_address) + " as " +
                           std::string(request.request_id));
    }
    auto response = text(200, std::string(request.body));
    if (request.path == "/splits") response.headers.emplace_back("X-A", "b\r\nX-Evil: c");
    if (request.path == "/closes") response.close = true;
    return response;
  }

  std::atomic<std::size_t> handled_{0};
  std::atomic<std::size_t> refused_{0};
  mutable base::Mutex mutex_;
  std::string checked_id_ HERALD_GUARDED_BY(mutex_);
  std::vector<std::pair<std::string, http::Responder>> held_ HERALD_GUARDED_BY(mutex_);
};

}  // namespace herald::test
