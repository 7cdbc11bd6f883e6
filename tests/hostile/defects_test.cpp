// What Pistache 0.0.5 does wrong on the wire, one test each: what this server does instead.
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hostile/served.h"
#include "support/eventually.h"

namespace herald::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Defects : public Served {
 protected:
  // The server answers `bytes` with this status and ends the connection.
  void expect_refusal(const std::string& bytes, int status) {
    auto client = this->client();
    client.send(bytes);
    const auto answer = client.answer();
    ASSERT_TRUE(answer) << bytes;
    EXPECT_EQ(answer->status, status) << bytes;
    EXPECT_EQ(answer->field("connection"), "close") << bytes;
    EXPECT_FALSE(client.answer()) << "a second answer to: " << bytes;
    EXPECT_TRUE(serves());
  }
};

TEST_F(Defects, AChunkSplitBeforeItsLineFeedIsReadOn) {
  auto client = this->client();
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r");
  ASSERT_TRUE(client.read_within(std::chrono::milliseconds{20}).empty());
  client.send("\n0\r\n\r\n");
  EXPECT_EQ(client.answer()->body, "abc");
  EXPECT_TRUE(serves());
}

TEST_F(Defects, AChunkedBodyIsReadWhereverItIsSplit) {
  const std::string bytes =
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: "
      "t\r\n\r\n";
  auto client = this->client();
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    client.send(bytes.substr(0, cut));
    // The second half follows when the first one was read, or nearly so: either way it has to work.
    std::this_thread::yield();
    client.send(bytes.substr(cut));
    ASSERT_EQ(client.answer()->body, "abcde") << "cut at " << cut;
  }
}

TEST_F(Defects, ALengthThatIsNoneOrTwoIsRefused) {
  const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\n";
  expect_refusal(head + "Content-Length: abc\r\n\r\nabc", 400);
  expect_refusal(head + "Content-Length: -1\r\n\r\n", 400);
  expect_refusal(head + "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde", 400);
  expect_refusal(head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
  EXPECT_EQ(handler_.handled(), 4U) << "only the four that proved the server alive";
}

TEST_F(Defects, NoTextOfAnExceptionLeaves) {
  for (const std::string path : {"/throws", "/throws-late"}) {
    auto client = this->client();
    client.send(get(path));
    const auto answer = client.answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 500);
    EXPECT_THAT(answer->body, Not(HasSubstr("secret")));
    EXPECT_FALSE(client.answer());
  }
  EXPECT_EQ(log_.of("http.handler_failed").size(), 2U);
  EXPECT_EQ(log_.of("http.handler_failed").front().fields.at("error"), "secret cause");
  handler_.release();
  EXPECT_TRUE(serves());
}

TEST_F(Defects, PipelinedRequestsAreAllAnsweredInOrder) {
  std::string bytes;
  for (int i = 0; i < 200; ++i)
    bytes += post("/echo", std::to_string(i));
  auto client = this->client();
  client.send(bytes);
  for (int i = 0; i < 200; ++i)
    ASSERT_EQ(client.answer()->body, std::to_string(i));
}

TEST_F(Defects, PipelinedRequestsAreAnsweredInOrderWhateverTheOrderOfTheirAnswers) {
  auto client = this->client();
  client.send(get("/held?a") + get("/held?b") + get("/echo") + get("/held?c"));
  ASSERT_TRUE(eventually([this] { return handler_.held() == 3; }));
  EXPECT_TRUE(client.silent());
  handler_.release();
  std::string bodies;
  for (int i = 0; i < 4; ++i)
    bodies += client.answer()->body + ",";
  EXPECT_EQ(bodies, "a,b,,c,");
}

TEST_F(Defects, WhatFollowsABodyThatIsTooLargeIsNoRequest) {
  expect_refusal(post("/echo", std::string(4097, 'x')) + get("/echo"), 413);
  expect_refusal("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + get("/echo"), 413);
  expect_refusal("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1001\r\n" + get("/echo"), 413);
}

TEST_F(Defects, ABodyOfExactlyTheLimitIsTaken) {
  auto client = this->client();
  client.send(post("/echo", std::string(4096, 'x')));
  EXPECT_EQ(client.answer()->body.size(), 4096U);
}

TEST_F(Defects, AClientThatIsStillSendingGetsToReadItsRefusal) {
  auto client = this->client();
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n");
  client.send(std::string(8'000'000, 'x'));
  const auto answer = client.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
}

TEST_F(Defects, AnHttp11ConnectionIsKeptUnlessItIsAskedToClose) {
  auto client = this->client();
  client.send(get("/echo"));
  EXPECT_EQ(client.answer()->field("connection"), "");
  client.send(get("/echo", "Connection: close\r\n"));
  EXPECT_EQ(client.answer()->field("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(Defects, AnHttp10ConnectionIsClosedUnlessItIsAskedToStay) {
  auto client = this->client();
  client.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.answer()->field("connection"), "keep-alive");
  client.send("GET /echo HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.answer()->field("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(Defects, AHandlerCanEndTheConnection) {
  auto client = this->client();
  client.send(get("/closes") + get("/echo"));
  EXPECT_EQ(client.answer()->field("connection"), "close");
  EXPECT_FALSE(client.answer());
}

TEST_F(Defects, AnExpectationIsMetBeforeTheBodyComes) {
  auto client = this->client();
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.answer()->status, 100);
  EXPECT_TRUE(client.silent());
  client.send("hi");
  const auto answer = client.answer();
  EXPECT_EQ(answer->body, "hi");
  EXPECT_EQ(answer->field("x-request-id"), handler_.checked_id()) << "one request, one id";
}

TEST_F(Defects, AnExpectationIsRefusedByTheHandler) {
  auto client = this->client();
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nX-Refuse: 1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  const auto answer = client.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 401);
  EXPECT_EQ(answer->field("connection"), "close");
  client.send("hi");
  EXPECT_FALSE(client.answer());
  EXPECT_EQ(handler_.handled(), 0U);
}

TEST_F(Defects, AnExpectationWaitsForTheAnswersBeforeIt) {
  auto client = this->client();
  client.send(get("/held?first") +
              "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  ASSERT_TRUE(eventually([this] { return handler_.held() == 1; }));
  handler_.release();
  EXPECT_EQ(client.answer()->body, "first");
  EXPECT_EQ(client.answer()->status, 100);
  client.send("hi");
  EXPECT_EQ(client.answer()->body, "hi");
}

TEST_F(Defects, AnUnknownExpectationIsRefused) {
  expect_refusal(post("/echo", "hi", "Expect: 200-maybe\r\n"), 417);
}

TEST_F(Defects, AnyMethodReachesTheHandler) {
  for (const std::string method : {"PATCH", "OPTIONS", "TRACE", "PROPFIND", "BREW"}) {
    auto client = this->client();
    client.send(method + " /tell HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(client.answer()->body, HasSubstr(method + " /tell"));
  }
}

TEST_F(Defects, AnAnswerCannotBeSplitByItsFields) {
  auto client = this->client();
  client.send(get("/splits"));
  const auto answer = client.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_EQ(answer->field("x-evil"), "");
}

TEST_F(Defects, AHeadMayBeLargerThanAnyBodyOfTheOldBound) {
  auto client = this->client();
  client.send(get("/echo", "X-A: " + std::string(8000, 'a') + "\r\nX-B: " + std::string(7000, 'b') + "\r\n"));
  EXPECT_EQ(client.answer()->status, 200);
}

TEST_F(Defects, FaultsHaveTheHandlersBody) {
  const std::vector<std::pair<std::string, std::string>> faults = {
      {"nonsense\r\n\r\n", "malformed_request"},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "http_version_not_supported"},
      {"GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n", "uri_too_long"},
      {get("/", "A: " + std::string(20'000, 'a') + "\r\n"), "header_too_large"},
      {post("/", std::string(5000, 'a')), "body_too_large"},
      {get("/", "Expect: x\r\n"), "expectation_failed"},
  };
  for (const auto& fault : faults) {
    auto client = this->client();
    client.send(fault.first);
    const auto answer = client.answer();
    ASSERT_TRUE(answer) << fault.second;
    EXPECT_EQ(answer->body, fault.second);
    EXPECT_FALSE(answer->field("x-request-id").empty());
  }
}

}  // namespace
}  // namespace herald::test
