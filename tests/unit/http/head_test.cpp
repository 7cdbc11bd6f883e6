#include "http/head.h"

#include <string>

#include <gtest/gtest.h>

#include "http/request_id.h"

namespace herald::test {
namespace {

TEST(RequestLine, SplitsPathAndQuery) {
  const auto line = http::parse_request_line("GET /api/messages?status=failed&q=a?b HTTP/1.1");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->method, http::Method::kGet);
  EXPECT_EQ(line->path, "/api/messages");
  EXPECT_EQ(line->query, "status=failed&q=a?b");
}

TEST(RequestLine, LeavesPercentEncodingToTheHandler) {
  EXPECT_EQ(http::parse_request_line("GET /a%2Fb%00 HTTP/1.1")->path, "/a%2Fb%00");
}

TEST(RequestLine, KnowsItsMethodsAndPassesOthersOn) {
  EXPECT_EQ(http::parse_request_line("PATCH / HTTP/1.1")->method, http::Method::kPatch);
  EXPECT_EQ(http::parse_request_line("DELETE / HTTP/1.1")->method, http::Method::kDelete);
  const auto other = http::parse_request_line("BREW / HTTP/1.1");
  EXPECT_EQ(other->method, http::Method::kOther);
  EXPECT_EQ(other->method_text, "BREW");
  EXPECT_EQ(http::parse_request_line("get / HTTP/1.1")->method, http::Method::kOther);
}

TEST(RequestLine, TakesAnAbsoluteTarget) {
  const auto line = http::parse_request_line("GET HTTP://example.org:80/a?b HTTP/1.1");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->path, "/a");
  EXPECT_EQ(line->query, "b");
  EXPECT_EQ(http::parse_request_line("GET https://[::1]:8080 HTTP/1.1")->path, "/");
  EXPECT_EQ(http::parse_request_line("GET http://a?b HTTP/1.1")->query, "b");
}

TEST(RequestLine, RefusesAnAbsoluteTargetThatIsNoHttpUrl) {
  EXPECT_FALSE(http::parse_request_line("GET ftp://a/ HTTP/1.1"));
  EXPECT_FALSE(http::parse_request_line("GET http:///a HTTP/1.1"));
  EXPECT_FALSE(http::parse_request_line("GET http://me@a/ HTTP/1.1"));
  EXPECT_FALSE(http::parse_request_line("GET http:/a HTTP/1.1"));
}

TEST(RequestLine, TakesAnAsteriskForOptionsOnly) {
  EXPECT_EQ(http::parse_request_line("OPTIONS * HTTP/1.1")->path, "*");
  EXPECT_FALSE(http::parse_request_line("GET * HTTP/1.1"));
  EXPECT_FALSE(http::parse_request_line("OPTIONS *a HTTP/1.1"));
}

TEST(RequestLine, RefusesToTunnel) {
  EXPECT_FALSE(http::parse_request_line("CONNECT a:443 HTTP/1.1"));
}

TEST(RequestLine, TellsWhatMayBecomeOne) {
  for (const std::string start : {"G", "GET", "GET ", "GET /a?b HTTP/1.1", "GET / HTTP/1.1\r", "\r"}) {
    EXPECT_TRUE(http::may_begin_request_line(start)) << start;
  }
  for (const std::string start : {" ", "\x16\x03\x01", "GET /\x01", "\rG", "{\"a\""}) {
    EXPECT_FALSE(http::may_begin_request_line(start)) << start;
  }
}

TEST(Request, FindsAFieldWithoutCase) {
  http::Request request;
  request.headers = {{"Idempotency-Key", "first"}, {"idempotency-key", "second"}};
  EXPECT_EQ(request.header("IDEMPOTENCY-KEY"), "first");
  EXPECT_FALSE(request.header("Idempotency"));
}

TEST(RequestId, IsTakenOverWhenItIsPlainAndShort) {
  EXPECT_TRUE(http::is_request_id("a"));
  EXPECT_TRUE(http::is_request_id("Req_7.b-" + std::string(120, '0')));
  EXPECT_FALSE(http::is_request_id(""));
  EXPECT_FALSE(http::is_request_id(std::string(129, 'a')));
  EXPECT_FALSE(http::is_request_id("a b"));
  EXPECT_FALSE(http::is_request_id("a\nb"));
  EXPECT_FALSE(http::is_request_id("a{b}"));
}

TEST(RequestId, IsMadeOfSixteenHexDigits) {
  base::SeededRandom random(7);
  std::string first;
  std::string second;
  http::make_request_id(random, first);
  http::make_request_id(random, second);
  EXPECT_EQ(first.size(), 16U);
  EXPECT_EQ(first.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace herald::test
