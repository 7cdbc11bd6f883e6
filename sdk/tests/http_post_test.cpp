// The example that posts over HTTP, against a real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <herald/testkit/plugin_under_test.h>

#include "carrier_server.h"

namespace herald::testkit {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class HttpPost : public ::testing::Test {
 protected:
  HttpPost() {
    EXPECT_EQ(plugin_.configure(configuration("t0p-secret")).result, HERALD_OK);
    EXPECT_EQ(plugin_.start(), HERALD_OK);
  }

  std::string configuration(const std::string& token) const {
    return nlohmann::json{{"url", server_.url()}, {"token", token}}.dump();
  }
  Completed send(std::chrono::milliseconds time_left = 10s) {
    TestMessage message;
    message.time_left = time_left;
    return plugin_.send(message);
  }

  CarrierServer server_;
  PluginUnderTest plugin_{HERALD_HTTP_POST};
};

TEST_F(HttpPost, SendsTheMessageAsJsonWithTheTokenAndAnIdempotencyKey) {
  TestMessage message;
  message.channel = "mms";
  message.subject = "Hi";
  message.body = "\xC3\xA9 \"quoted\"\n";
  message.attachments = {"https://example.com/cat.png"};
  message.dispatch_token = "token-7";
  EXPECT_EQ(plugin_.send(message).code, HERALD_OUTCOME_SUCCESS);
  ASSERT_EQ(server_.requests().size(), 1U);
  const std::string request = server_.requests()[0];
  EXPECT_THAT(request, HasSubstr("POST /messages HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nAuthorization: Bearer t0p-secret\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nIdempotency-Key: token-7\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nContent-Type: application/json\r\n"));
  const nlohmann::json expected{{"channel", "mms"}, {"from", message.from}, {"to", message.to},
                                {"subject", "Hi"},  {"body", message.body}, {"attachments", message.attachments}};
  EXPECT_EQ(nlohmann::json::parse(request.substr(request.find("\r\n\r\n") + 4)), expected);
}

TEST_F(HttpPost, TakesTheIdFromTheAnswer) {
  server_.answer("201 Created", R"({"id":"c-42"})");
  const Completed completed = send();
  EXPECT_EQ(completed.code, HERALD_OUTCOME_SUCCESS);
  EXPECT_EQ(completed.provider_message_id, "c-42");
}

TEST_F(HttpPost, SucceedsWithoutAnIdWhenTheAnswerHasNone) {
  for (const char* body : {"", "accepted", "[]", R"({"id":7})", "{\"id\":\"\xFF\"}"}) {
    server_.answer("200 OK", body);
    const Completed completed = send();
    EXPECT_EQ(completed.code, HERALD_OUTCOME_SUCCESS) << body;
    EXPECT_EQ(completed.provider_message_id, "") << body;
  }
}

TEST_F(HttpPost, WaitsAsLongAsTheCarrierAsks) {
  server_.answer("429 Too Many Requests", "", "Retry-After: 7\r\n");
  const Completed completed = send();
  EXPECT_EQ(completed.code, HERALD_OUTCOME_RATE_LIMITED);
  EXPECT_EQ(completed.retry_after_ms, 7000U);
}

TEST_F(HttpPost, WaitsNoLongerThanADay) {
  server_.answer("429 Too Many Requests", "", "Retry-After: 9223372036854775807\r\n");
  EXPECT_LE(send().retry_after_ms, 86'400'000U);
}

TEST_F(HttpPost, TellsFromTheStatusWhoseFaultItIs) {
  const std::vector<std::pair<std::string, std::uint32_t>> table{
      {"400", HERALD_OUTCOME_REJECTED}, {"404", HERALD_OUTCOME_REJECTED}, {"422", HERALD_OUTCOME_REJECTED},
      {"401", HERALD_OUTCOME_ERROR},    {"403", HERALD_OUTCOME_ERROR},    {"408", HERALD_OUTCOME_ERROR},
      {"302", HERALD_OUTCOME_ERROR},    {"500", HERALD_OUTCOME_ERROR},    {"503", HERALD_OUTCOME_ERROR}};
  for (const auto& [status, code] : table) {
    server_.answer(status + " Whatever");
    const Completed completed = send();
    EXPECT_EQ(completed.code, code) << status;
    EXPECT_EQ(completed.error_code, "http_" + status);
  }
}

TEST_F(HttpPost, IsAnErrorWhenNobodyListens) {
  server_.close();
  const Completed completed = send();
  EXPECT_EQ(completed.code, HERALD_OUTCOME_ERROR);
  EXPECT_EQ(completed.error_code, "connection_refused");
}

TEST_F(HttpPost, IsATimeoutWhenNoAnswerComesByTheDeadline) {
  server_.answer_with("");
  EXPECT_EQ(send(100ms).code, HERALD_OUTCOME_TIMEOUT);
}

TEST_F(HttpPost, AsksNobodyAfterTheDeadline) {
  EXPECT_EQ(send(-1ms).code, HERALD_OUTCOME_TIMEOUT);
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(HttpPost, IsAnErrorWhenTheAnswerHasNoEndOrIsNoHttp) {
  server_.answer("200 OK", std::string(100'000, 'x'));
  EXPECT_EQ(send().error_code, "answer_too_large");
  server_.answer_with("220 smtp.example.com\r\n\r\n");
  EXPECT_EQ(send().code, HERALD_OUTCOME_ERROR);
}

TEST_F(HttpPost, KeepsItsConnection) {
  for (int count = 0; count < 5; ++count)
    EXPECT_EQ(send().code, HERALD_OUTCOME_SUCCESS);
  EXPECT_EQ(server_.requests().size(), 5U);
  EXPECT_EQ(server_.connections(), 1U);
}

TEST_F(HttpPost, TakesANewTokenWhileItRuns) {
  EXPECT_EQ(plugin_.configure(configuration("another")).result, HERALD_OK);
  send();
  EXPECT_THAT(server_.requests().at(0), HasSubstr("Bearer another\r\n"));
}

TEST_F(HttpPost, LogsNothingOfWhatItSends) {
  server_.close();
  send();
  for (const auto& line : plugin_.host().log_lines())
    EXPECT_THAT(line.text, Not(HasSubstr("t0p-secret")));
}

}  // namespace
}  // namespace herald::testkit
