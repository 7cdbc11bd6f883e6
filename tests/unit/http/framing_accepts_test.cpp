#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/http/framed.h"

namespace herald::test {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

const std::string kPost =
    "POST /api/messages/sms?a=b%20c HTTP/1.1\r\nHost: localhost:8080\r\nContent-Type: application/json \r\n"
    "Content-Length: 11\r\nX-Empty:\r\n\r\n{\"a\":\"b c\"}";
const std::string kChunked =
    "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3;name=value\r\nabc\r\nA;q=\"x y\"\r\n0123456789\r\n00\r\nTrailer: dropped\r\n\r\n";
const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

// Every size of piece from one byte up to the whole must give the same requests.
class FramingInPieces : public ::testing::TestWithParam<std::size_t> {};

TEST_P(FramingInPieces, ReadsABodyOfKnownLength) {
  const auto framed = frame_in_pieces(kPost, GetParam());
  ASSERT_EQ(framed.requests.size(), 1U);
  const auto& request = framed.requests.front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/api/messages/sms");
  EXPECT_EQ(request.query, "a=b%20c");
  EXPECT_THAT(request.fields, ElementsAre(Pair("Host", "localhost:8080"), Pair("Content-Type", "application/json"),
                                          Pair("Content-Length", "11"), Pair("X-Empty", "")));
  EXPECT_EQ(request.body, "{\"a\":\"b c\"}");
  EXPECT_TRUE(request.keep_alive);
}

TEST_P(FramingInPieces, ReadsAChunkedBodyAndDropsExtensionsAndTrailers) {
  const auto framed = frame_in_pieces(kChunked, GetParam());
  ASSERT_EQ(framed.requests.size(), 1U);
  EXPECT_EQ(framed.requests.front().body, "abc0123456789");
  EXPECT_THAT(framed.requests.front().fields, ElementsAre(Pair("Host", "a"), Pair("Transfer-Encoding", "chunked")));
}

TEST_P(FramingInPieces, ReadsAPipelineInOrder) {
  const auto framed = frame_in_pieces(kPost + kGet + kChunked + kGet + kPost, GetParam());
  ASSERT_EQ(framed.requests.size(), 5U);
  EXPECT_EQ(framed.requests[0].body, "{\"a\":\"b c\"}");
  EXPECT_EQ(framed.requests[1].method, "GET");
  EXPECT_EQ(framed.requests[2].body, "abc0123456789");
  EXPECT_EQ(framed.requests[3].body, "");
  EXPECT_EQ(framed.requests[4].path, "/api/messages/sms");
  EXPECT_TRUE(framed.idle);
}

TEST_P(FramingInPieces, SkipsOneBlankLineBeforeARequest) {
  const auto framed = frame_in_pieces("\r\n" + kGet + "\r\n" + kPost, GetParam());
  EXPECT_EQ(framed.requests.size(), 2U);
  EXPECT_FALSE(framed.fault);
}

INSTANTIATE_TEST_SUITE_P(Sizes, FramingInPieces, ::testing::Values(1, 2, 3, 5, 7, 16, 61, 4096));

TEST(Framing, TakesEverySplitIntoTwo) {
  const auto bytes = kPost + kChunked;
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    http::Framer framer({});
    std::size_t requests = 0;
    for (const auto& piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
      std::string_view left(piece);
      while (!left.empty()) {
        std::size_t consumed = 0;
        const auto event = framer.feed(left, consumed);
        ASSERT_NE(event, http::Framer::Event::kFault) << "cut at " << cut << ": " << framer.fault().detail;
        if (event == http::Framer::Event::kRequest) ++requests;
        left.remove_prefix(consumed);
      }
    }
    EXPECT_EQ(requests, 2U) << "cut at " << cut;
  }
}

TEST(Framing, TakesABodyOfExactlyTheLimit) {
  const std::string body(100, 'x');
  const auto known = frame("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n" + body, {16384, 100});
  ASSERT_EQ(known.requests.size(), 1U);
  EXPECT_EQ(known.requests.front().body, body);
  const auto chunked = frame("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n32\r\n" +
                                 body.substr(0, 50) + "\r\n32\r\n" + body.substr(50) + "\r\n0\r\n\r\n",
                             {16384, 100});
  ASSERT_EQ(chunked.requests.size(), 1U);
  EXPECT_EQ(chunked.requests.front().body, body);
}

TEST(Framing, TakesAHeadOfExactlyTheLimit) {
  EXPECT_EQ(frame(kGet, {kGet.size(), 0}).requests.size(), 1U);
  EXPECT_TRUE(frame(kGet, {kGet.size() - 1, 0}).fault);
}

TEST(Framing, LeavesBytesOfABodyAsTheyAre) {
  std::string body;
  for (int byte = 0; byte < 256; ++byte)
    body += static_cast<char>(byte);
  const auto framed = frame("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 256\r\n\r\n" + body);
  ASSERT_EQ(framed.requests.size(), 1U);
  EXPECT_EQ(framed.requests.front().body, body);
}

TEST(Framing, KeepsTheConnectionByVersionAndOption) {
  const auto keeps = [](const std::string& version, const std::string& field) {
    const auto framed = frame("GET / HTTP/" + version + "\r\nHost: a\r\n" + field + "\r\n");
    return framed.requests.size() == 1 && framed.requests.front().keep_alive;
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_FALSE(keeps("1.1", "Connection: close\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: x, CLOSE ,y\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_TRUE(keeps("1.1", "Proxy-Connection: close\r\n"));
}

TEST(Framing, TakesARequestWithoutHostInHttp10) {
  const auto framed = frame("GET / HTTP/1.0\r\n\r\n");
  ASSERT_EQ(framed.requests.size(), 1U);
  EXPECT_TRUE(framed.requests.front().http10);
}

TEST(Framing, IgnoresAnUpgrade) {
  const auto framed =
      frame("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n" + kGet);
  EXPECT_EQ(framed.requests.size(), 2U);
}

TEST(Framing, AsksWhetherTheBodyIsWanted) {
  const auto framed =
      frame_in_pieces("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\nhi" + kGet, 7);
  EXPECT_EQ(framed.continues, 1U);
  ASSERT_EQ(framed.requests.size(), 2U);
  EXPECT_EQ(framed.requests.front().body, "hi");
}

TEST(Framing, DoesNotAskWithoutABodyOrInHttp10) {
  EXPECT_EQ(frame("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n").continues, 0U);
  EXPECT_EQ(frame("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx").continues, 0U);
}

TEST(Framing, IsIdleBetweenRequestsOnly) {
  EXPECT_TRUE(frame(kGet).idle);
  EXPECT_FALSE(frame(kGet + "G").idle);
  EXPECT_FALSE(frame("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh").idle);
}

TEST(Framing, TakesManySmallChunks) {
  std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 5000; ++i)
    bytes += "1\r\nx\r\n";
  const auto framed = frame_in_pieces(bytes + "0\r\n\r\n", 1000);
  ASSERT_EQ(framed.requests.size(), 1U);
  EXPECT_EQ(framed.requests.front().body, std::string(5000, 'x'));
}

}  // namespace
}  // namespace herald::test
