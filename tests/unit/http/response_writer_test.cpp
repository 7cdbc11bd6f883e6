#include "http/response_writer.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/manual_clock.h"

namespace herald::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ResponseWriter : public ::testing::Test {
 protected:
  std::string written(const http::Response& response, const http::AnswerContext& context = {"id-1"}) {
    std::string out;
    writer_.append(out, response, context);
    return out;
  }

  static http::Response accepted() {
    http::Response response;
    response.status = 202;
    response.headers = {{"Location", "/api/messages/1"}};
    response.content_type = "application/json";
    response.body = "{}";
    return response;
  }

  ManualClock clock_;
  http::ResponseWriter writer_{clock_};
};

TEST_F(ResponseWriter, WritesAWholeAnswer) {
  EXPECT_EQ(written(accepted()),
            "HTTP/1.1 202 Accepted\r\n"
            "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 2\r\n"
            "X-Request-Id: id-1\r\n"
            "Location: /api/messages/1\r\n"
            "\r\n{}");
}

TEST_F(ResponseWriter, AppendsBehindWhatIsThere) {
  std::string out = "before";
  writer_.append(out, accepted(), {"id-1"});
  EXPECT_THAT(out, StartsWith("beforeHTTP/1.1 202"));
}

TEST_F(ResponseWriter, LeavesTheBodyAwayForHead) {
  const auto text = written(accepted(), {"id-1", true});
  EXPECT_THAT(text, HasSubstr("Content-Length: 2\r\n"));
  EXPECT_THAT(text, EndsWith("\r\n\r\n"));
}

TEST_F(ResponseWriter, SaysWhatBecomesOfTheConnection) {
  EXPECT_THAT(written(accepted()), Not(HasSubstr("Connection:")));
  EXPECT_THAT(written(accepted(), {"id-1", false, false, true}), HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(written(accepted(), {"id-1", false, true, false}), HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_THAT(written(accepted(), {"id-1", false, true, true}), HasSubstr("Connection: close\r\n"));
}

TEST_F(ResponseWriter, GivesNoContentNoLength) {
  http::Response response;
  response.status = 204;
  EXPECT_THAT(written(response), Not(HasSubstr("Content-Length")));
}

TEST_F(ResponseWriter, KeepsItsDateCurrent) {
  written(accepted());
  clock_.advance(std::chrono::hours{24 * 58} + std::chrono::seconds{61});
  EXPECT_THAT(written(accepted()), HasSubstr("Date: Sat, 28 Feb 2026 00:01:01 GMT\r\n"));
  clock_.jump_wall(std::chrono::milliseconds{-61'000});
  EXPECT_THAT(written(accepted()), HasSubstr("Date: Sat, 28 Feb 2026 00:00:00 GMT\r\n"));
}

TEST_F(ResponseWriter, WritesAStatusWithoutAKnownReason) {
  http::Response response;
  response.status = 599;
  EXPECT_THAT(written(response), StartsWith("HTTP/1.1 599 "));
}

TEST_F(ResponseWriter, TellsWhatHttpCannotCarry) {
  EXPECT_TRUE(http::ResponseWriter::fits(accepted()));
  auto split = accepted();
  split.headers.emplace_back("X-A", "b\r\nSet-Cookie: c");
  EXPECT_FALSE(http::ResponseWriter::fits(split));
  auto bad_name = accepted();
  bad_name.headers.emplace_back("X A", "b");
  EXPECT_FALSE(http::ResponseWriter::fits(bad_name));
  auto bad_type = accepted();
  bad_type.content_type = "text/plain\n";
  EXPECT_FALSE(http::ResponseWriter::fits(bad_type));
  for (const int status : {0, 100, 199, 600}) {
    auto bad_status = accepted();
    bad_status.status = status;
    EXPECT_FALSE(http::ResponseWriter::fits(bad_status)) << status;
  }
}

}  // namespace
}  // namespace herald::test
