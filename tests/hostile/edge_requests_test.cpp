// Requests that no honest client sends, at the real binary.
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "hostile/edge.h"

namespace herald::test {
namespace {

TEST_F(Edge, SmugglesNoRequestThroughWhatTwoServersReadDifferently) {
  start_quiet();
  const std::string head = "POST /api/messages/sms HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
  const std::string chunk = "2\r\n{}\r\n0\r\n\r\n";
  expect_end(head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk, 400);
  expect_end(head + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n" + chunk, 400);
  expect_end(head + "Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}", 400);
  expect_end(head + "Content-Length: 2, 20\r\n\r\n{}", 400);
  expect_end(head + "Content-Length: +2\r\n\r\n{}", 400);
  expect_end(head + "Content-Length: 0x2\r\n\r\n{}", 400);
  expect_end(head + "Content-Length: 18446744073709551618\r\n\r\n{}", 400);
  expect_end(head + "Content-Length : 2\r\n\r\n{}", 400);
  expect_end(head + "X-A: b\r\n Content-Length: 2\r\n\r\n{}", 400);
  expect_end(head + "X-A: b\nContent-Length: 2\r\n\r\n{}", 400);
  expect_end(head + "X-A: b\rContent-Length: 2\r\n\r\n{}", 400);
  expect_end("POST /api/messages/sms HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}", 400);
}

TEST_F(Edge, TakesNoTransferCodingButChunked) {
  start_quiet();
  for (const char* coding : {"gzip, chunked", "chunked, chunked", "xchunked", "chunked, identity"}) {
    auto one = peer();
    one.send(chunked(coding, "2\r\n{}\r\n0\r\n\r\n") + post_of(sms("smuggled").dump()));
    const auto answer = one.answer();
    ASSERT_TRUE(answer) << coding;
    EXPECT_TRUE(answer->status == 400 || answer->status == 501) << coding << ": " << answer->status;
    EXPECT_FALSE(one.answer()) << coding;
  }
  expect_end("POST /api/messages/sms HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400);
}

TEST_F(Edge, ReadsChunksWithExtensionsAndTrailersAndDropsBoth) {
  start_quiet();
  const auto body = sms().dump();
  std::string size;
  for (std::size_t left = body.size(); left > 0; left /= 16)
    size.insert(0, 1, "0123456789abcdef"[left % 16]);
  auto one = peer();
  one.send(chunked("chunked", size + ";a=b\r\n" + body + "\r\n0\r\nContent-Length: 5\r\nHost: evil\r\n\r\n") +
           get_of("/livez"));
  EXPECT_EQ(one.answer()->status, 202);
  EXPECT_EQ(one.answer()->status, 200);
  EXPECT_EQ(stored(), 1U);
}

TEST_F(Edge, ReadsNoChunkWhoseEndIsInDoubt) {
  start_quiet();
  expect_end(chunked("chunked", "2\n{}\r\n0\r\n\r\n"), 400);
  expect_end(chunked("chunked", "2\r\n{}0\r\n\r\n"), 400);
  expect_end(chunked("chunked", "-2\r\n{}\r\n0\r\n\r\n"), 400);
  expect_end(chunked("chunked", "10000000000000002\r\n{}\r\n0\r\n\r\n"), 400);
  expect_end(chunked("chunked", "2\r\n{}\r\n0\r\nX-A : b\r\n\r\n"), 400);
}

TEST_F(Edge, ReadsNoHeadOverItsBound) {
  start_quiet();
  const auto with_field = [](std::size_t bytes) {
    return "GET /livez HTTP/1.1\r\nHost: a\r\nX-A: " + std::string(bytes, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(told(with_field(16'000)).status, 200);
  expect_end(with_field(17'000), 431);
  expect_end("GET /" + std::string(17'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414);
}

TEST_F(Edge, TakesABodyOfExactlyTheLimitAndNotOneByteMore) {
  start_quiet();
  const auto padded = [](std::size_t size) {
    const auto message = sms().dump();
    return message + std::string(size - message.size(), ' ');
  };
  EXPECT_EQ(told(post_of(padded(kMaxBody))).status, 202);
  const auto refused = told(post_of(padded(kMaxBody + 1)));
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(code_of(refused), "body_too_large");
  EXPECT_EQ(stored(), 1U);
}

TEST_F(Edge, RefusesEveryJsonThatIsNotOneMeaning) {
  start_quiet();
  const auto with = [](const std::string& words) {
    return R"({"from":"+12025550123","to":"+12025550142","type":"sms","body":)" + words + "}";
  };
  const std::vector<std::pair<std::string, std::string>> hostile = {
      {"nested 100,000 deep", std::string(100'000, '[') + std::string(100'000, ']')},
      {"nested in a member", with(std::string(100'000, '[') + std::string(100'000, ']'))},
      {"nested and never closed", with(std::string(200'000, '{'))},
      {"a name twice", with(R"("a","body":"b")")},
      {"a lone high surrogate", with(R"("\ud800")")},
      {"a lone low surrogate", with(R"("\udc00x")")},
      {"a surrogate in UTF-8", with("\"\xED\xA0\x80\"")},
      {"an overlong form", with("\"\xC0\xAF\"")},
      {"a cut sequence", with("\"\xE2\x82\"")},
      {"a NUL in a string", with(std::string("\"a\0b\"", 5))},
      {"a NUL behind the document", with("\"a\"") + std::string(1, '\0')},
      {"a second document", with("\"a\"") + "{}"},
      {"a number out of range", with(R"("a","ttl_seconds":1e400)")},
      {"an integer out of range", with(R"("a","ttl_seconds":99999999999999999999)")},
      {"a negative time", with(R"("a","ttl_seconds":-1)")},
      {"not a number", with(R"("a","ttl_seconds":NaN)")},
  };
  for (const auto& [what, body] : hostile) {
    const auto answer = told(post_of(body));
    EXPECT_EQ(answer.status, 400) << what << ": " << answer.body.substr(0, 300);
    EXPECT_FALSE(code_of(answer).empty()) << what;
  }
  EXPECT_EQ(stored(), 0U);
}

TEST_F(Edge, ClimbsOutOfNoPath) {
  start_quiet();
  for (const char* path :
       {"/../etc/passwd", "/api/../metrics", "/api/messages/../../metrics", "/api/messages/%2e%2e/%2e%2e/metrics",
        "/api%2fmessages", "/api/messages%2f1", "/api/messages/..%2f..%2fmetrics", "//metrics", "/metrics/",
        "/api/messages/..%5c..%5cmetrics", "/api/providers/..%2fplugins"}) {
    EXPECT_EQ(told(get_of(path)).status, 404) << path;
  }
  for (const char* path : {"/metrics%00", "/api/messages/%00", "/api/messages/1%0d%0aX-A:%20b", "/api/%", "/api/%zz"})
    EXPECT_EQ(told(get_of(path)).status, 400) << path;
}

TEST_F(Edge, AnswersWhatItDoesNotKnowWithAProblem) {
  start_quiet();
  const auto unknown = told(get_of("/nothing/here"));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.field("content-type"), "application/problem+json");
  EXPECT_EQ(code_of(unknown), "not_found");
  for (const std::string method : {"DELETE", "PATCH", "BREW"}) {
    const auto answer = told(method + " /api/messages/sms HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(answer.field("content-type"), "application/problem+json") << method;
    EXPECT_EQ(code_of(answer), "method_not_allowed") << method;
    EXPECT_EQ(answer.field("allow"), "POST") << method;
  }
}

}  // namespace
}  // namespace herald::test
