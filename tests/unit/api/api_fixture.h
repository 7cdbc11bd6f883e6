// The API with everything around it in memory, and the verbs of a client.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/api.h"
#include "support/manual_clock.h"
#include "support/recording_log.h"
#include "unit/api/fakes.h"
#include "unit/intake/accepting_store.h"

namespace herald::test {

using nlohmann::json;
using Headers = std::vector<std::pair<std::string, std::string>>;

// The value of a response's header; empty when it has none.
inline std::string header(const http::Response& response, std::string_view name) {
  for (const auto& field : response.headers) {
    if (field.first == name) return field.second;
  }
  return {};
}

inline json parsed(const http::Response& response) {
  return json::parse(response.body, nullptr, false);
}

class ApiTest : public ::testing::Test {
 protected:
  static constexpr const char* kRequestId = "req-1";

  // Both limits are off unless a test sets them.
  explicit ApiTest(const intake::Options& options = without_limits())
      : intake_(options, intake::Intake::Dependencies{routes_, writer_, store_, clock_, log_, metrics_}) {}

  static intake::Options without_limits() {
    intake::Options options;
    options.rate_limit_per_ip_per_min = 0;
    options.rate_limit_per_sender_per_min = 0;
    return options;
  }

  http::Response ask(http::Method method, const std::string& target, const std::string& body = {},
                     const Headers& headers = {}) {
    const auto sink = std::make_shared<AnswerSink>();
    start(method, target, body, headers, sink);
    while (writer_.step()) {
    }
    EXPECT_EQ(sink->answers, 1) << target;
    EXPECT_EQ(sink->abandonments, 0) << target;
    return sink->answer.value_or(http::Response{});
  }

  // Hands the request over; whatever answers at once has answered when this returns.
  void start(http::Method method, const std::string& target, const std::string& body, const Headers& headers,
             const std::shared_ptr<AnswerSink>& sink) {
    active_->handle(request(method, target, body, headers), http::Responder(sink, 1));
  }

  std::optional<http::Response> check_head(http::Method method, const std::string& target, const Headers& headers) {
    return active_->check_head(request(method, target, {}, headers));
  }

  http::Response get(const std::string& target, const Headers& headers = {}) {
    return ask(http::Method::kGet, target, {}, headers);
  }
  http::Response post_raw(const std::string& target, const std::string& body, Headers headers = {}) {
    headers.emplace_back("content-type", "application/json");
    return ask(http::Method::kPost, target, body, headers);
  }
  http::Response post(const std::string& target, const json& body, Headers headers = {}) {
    return post_raw(target, body.dump(), std::move(headers));
  }
  http::Response put(const std::string& target, const std::string& body) {
    return ask(http::Method::kPut, target, body, {{"Content-Type", "application/json"}});
  }
  http::Response send_sms(const json& body) { return post("/api/messages/sms", body); }
  http::Response send_email(const json& body) { return post("/api/messages/email", body); }

  static json sms() {
    return {{"from", "+12025550123"}, {"to", "+12025550142"}, {"type", "sms"}, {"body", "Your code is 4711"}};
  }
  static json mms() {
    auto body = sms();
    body["type"] = "mms";
    body["attachments"] = {"https://example.com/cat.png"};
    return body;
  }
  static json email() {
    return {{"from", "shop@example.com"}, {"to", "jo@example.org"}, {"subject", "Order"}, {"body", "<p>Thank you</p>"}};
  }

  // That the answer is this problem, in the form that every problem has.
  static void expect_problem(const http::Response& response, int status, const std::string& code) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.content_type, "application/problem+json");
    const auto body = parsed(response);
    ASSERT_TRUE(body.is_object()) << response.body;
    EXPECT_EQ(body.value("code", ""), code);
    EXPECT_EQ(body.value("status", 0), status);
    EXPECT_EQ(body.value("request_id", ""), kRequestId);
    EXPECT_EQ(body.value("type", ""), "urn:herald:problem:" + code);
    EXPECT_FALSE(body.value("title", "").empty());
    EXPECT_FALSE(body.value("detail", "").empty());
    EXPECT_EQ(body.value("message", "-"), body.value("detail", "+"));
  }

  // So many messages wait for their commit for so long that the host is overloaded, until the next answer.
  void fill_the_queue() {
    for (std::size_t i = 0; i < store::Writer::kStandingAccepts; ++i)
      writer_.submit(store::Accept{{}, {}, [](const base::Result<domain::MessageId>&) {}});
    clock_.advance(store::Writer::kStandingTime);
  }

  // The pointers of a validation problem's errors, sorted.
  static std::vector<std::string> pointers_of(const http::Response& response) {
    std::vector<std::string> pointers;
    for (const auto& error : parsed(response).value("errors", json::array()))
      pointers.push_back(error.at("pointer"));
    std::sort(pointers.begin(), pointers.end());
    return pointers;
  }

  ManualClock clock_;
  RecordingLog log_;
  observe::Metrics metrics_;
  AcceptingStore store_;
  FixedRoutes routes_;
  MemoryReader reader_;
  RecordingProviders providers_;
  FixedLanes lanes_;
  FixedReadiness readiness_;
  store::Writer writer_{store_, clock_, log_, metrics_, 64};
  intake::Intake intake_;
  access::Access access_{clock_, log_, metrics_};
  api::Api api_{api::Options{}, api::Api::Dependencies{intake_, reader_, providers_, lanes_, readiness_, clock_, log_,
                                                       metrics_, access_}};
  api::Api* active_ = &api_;  // what is asked
  std::string remote_address_ = "127.0.0.1";

 private:
  static std::string_view text_of(http::Method method) {
    switch (method) {
      case http::Method::kGet:
        return "GET";
      case http::Method::kHead:
        return "HEAD";
      case http::Method::kPost:
        return "POST";
      case http::Method::kPut:
        return "PUT";
      case http::Method::kPatch:
        return "PATCH";
      case http::Method::kDelete:
        return "DELETE";
      case http::Method::kOptions:
        return "OPTIONS";
      case http::Method::kOther:
        break;
    }
    return "PROPFIND";
  }

  http::Request request(http::Method method, std::string_view target, std::string_view body,
                        const Headers& headers) const {
    http::Request made;
    made.method = method;
    made.method_text = text_of(method);
    const auto question = target.find('?');
    made.path = target.substr(0, question);
    if (question != std::string_view::npos) made.query = target.substr(question + 1);
    for (const auto& field : headers)
      made.headers.push_back(http::Header{field.first, field.second});
    made.body = body;
    made.remote_address = remote_address_;
    made.request_id = kRequestId;
    return made;
  }
};

}  // namespace herald::test
