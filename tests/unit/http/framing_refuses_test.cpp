#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/http/framed.h"

namespace herald::test {
namespace {

struct Hostile {
  std::string name;
  std::string bytes;
  int status = 400;
};

void PrintTo(const Hostile& hostile, std::ostream* out) {
  *out << hostile.name;
}

std::string get(const std::string& fields) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
std::string post(const std::string& fields, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
std::string chunked(const std::string& body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

std::vector<Hostile> lengths() {
  return {
      {"LengthNotANumber", post("Content-Length: abc\r\n", "abc")},
      {"LengthNegative", post("Content-Length: -1\r\n", "")},
      {"LengthSigned", post("Content-Length: +3\r\n", "abc")},
      {"LengthHex", post("Content-Length: 0x3\r\n", "abc")},
      {"LengthEmpty", post("Content-Length:\r\n", "")},
      {"LengthBlank", post("Content-Length: \r\n", "")},
      {"LengthFraction", post("Content-Length: 3.0\r\n", "abc")},
      {"LengthWithSpace", post("Content-Length: 1 2\r\n", "abc")},
      {"LengthOverflowing", post("Content-Length: 18446744073709551619\r\n", "abc")},
      {"LengthEndless", post("Content-Length: " + std::string(400, '9') + "\r\n", "abc")},
      {"LengthsDiffer", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd")},
      {"LengthsEqual", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")},
      {"LengthList", post("Content-Length: 3, 3\r\n", "abc")},
      {"LengthTooLarge", post("Content-Length: 1001\r\n", ""), 413},
      {"LengthHuge", post("Content-Length: 9223372036854775807\r\n", ""), 413},
      {"LengthAndChunked", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n")},
      {"ChunkedAndLength", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "3\r\nabc\r\n0\r\n\r\n")},
  };
}

std::vector<Hostile> codings() {
  return {
      {"CodingUnknown", post("Transfer-Encoding: gzip\r\n", "")},
      {"CodingIdentity", post("Transfer-Encoding: identity\r\n", "")},
      {"CodingGzipThenChunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
      {"CodingChunkedThenGzip", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n")},
      {"CodingChunkedTwice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n")},
      {"CodingTwoFields", post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"CodingEmpty", post("Transfer-Encoding:\r\n", "")},
      {"CodingQuoted", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n")},
      {"CodingWithParameter", post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n")},
      {"CodingWithVerticalTab", post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n")},
      {"CodingWithSpaceBeforeColon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")},
      {"CodingInHttp10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"ChunkLengthMissing", chunked("\r\nabc\r\n")},
      {"ChunkLengthNotHex", chunked("g\r\n")},
      {"ChunkLengthNegative", chunked("-1\r\n")},
      {"ChunkLengthPrefixed", chunked("0x3\r\nabc\r\n0\r\n\r\n")},
      {"ChunkLengthSpaced", chunked("3 \r\nabc\r\n0\r\n\r\n")},
      {"ChunkLengthOverflowing", chunked("10000000000000003\r\nabc\r\n"), 400},
      {"ChunkLengthWrapping", chunked("ffffffffffffffff\r\nabc\r\n"), 413},
      {"ChunkWithBareLf", chunked("3\nabc\r\n0\r\n\r\n")},
      {"ChunkDataTooLong", chunked("3\r\nabcd\r\n0\r\n\r\n")},
      {"ChunkDataThenBareLf", chunked("3\r\nabc\n0\r\n\r\n")},
      {"ChunkDataWithoutEnd", chunked("3\r\nabc0\r\n\r\n")},
      {"ChunksTooLarge", chunked("3e8\r\n" + std::string(1000, 'x') + "\r\n1\r\n"), 413},
      {"ChunkExtensionWithControl", chunked("3;a=\x01\r\nabc\r\n0\r\n\r\n")},
      {"ChunkExtensionEndless", chunked("3;" + std::string(20000, 'a'))},
      {"ChunkExtensionLongerThanAHead",
       chunked("64;" + std::string(17000, 'a') + "\r\n" + std::string(100, 'x') + "\r\n0\r\n\r\n")},
      {"ChunkLengthOfEndlessZeros", chunked(std::string(20000, '0'))},
      {"TrailersEndless", chunked("0\r\nA: " + std::string(20000, 'a')), 431},
      {"TrailerWithBareLf", chunked("0\r\nA: b\n\r\n")},
      {"TrailerFolded", chunked("0\r\nA: b\r\n c\r\n\r\n")},
      {"TrailerWithoutName", chunked("0\r\n: b\r\n\r\n")},
      {"TrailerWithoutColon", chunked("0\r\nabc\r\n\r\n")},
      {"LastChunkThenBareLf", chunked("0\r\n\n")},
  };
}

std::vector<Hostile> fields() {
  return {
      {"SpaceBeforeColon", get("Name : b\r\n")},
      {"TabBeforeColon", get("Name\t: b\r\n")},
      {"SpaceBeforeName", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
      {"Folded", get("Name: b\r\n c\r\n")},
      {"FoldedByTab", get("Name: b\r\n\tc\r\n")},
      {"FoldedLength", post("Content-Length:\r\n 3\r\n", "abc")},
      {"NoName", get(": b\r\n")},
      {"NoColon", get("Name\r\n")},
      {"NameWithBracket", get("Na(me: b\r\n")},
      {"NameWithQuote", get("Na\"me: b\r\n")},
      {"NameWithNul", get(std::string("Na\0me: b\r\n", 10))},
      {"NameBeyondAscii", get("N\xC3\xA4me: b\r\n")},
      {"ValueWithNul", get(std::string("Name: a\0b\r\n", 11))},
      {"ValueWithControl", get("Name: a\x01"
                               "b\r\n")},
      {"ValueWithDelete", get("Name: a\x7F"
                              "b\r\n")},
      {"ValueWithBareCr", get("Name: a\rb\r\n")},
      {"LineEndsInBareLf", "GET / HTTP/1.1\r\nHost: a\nName: b\r\n\r\n"},
      {"RequestLineEndsInBareLf", "GET / HTTP/1.1\nHost: a\r\n\r\n"},
      {"HeadEndsInBareLf", "GET / HTTP/1.1\r\nHost: a\r\n\n"},
      {"AllBareLf", "GET / HTTP/1.1\nHost: a\n\n"},
      {"CrBeforeCrLf", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"},
      {"NoHost", "GET / HTTP/1.1\r\nAccept: a\r\n\r\n"},
      {"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
      {"HostList", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"},
      {"HostWithPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
      {"HostWithUser", "GET / HTTP/1.1\r\nHost: me@a\r\n\r\n"},
      {"TooManyFields", get([] {
         std::string many;
         for (int i = 0; i < 200; ++i)
           many += "A: b\r\n";
         return many;
       }()),
       431},
      {"FieldTooLong", get("Name: " + std::string(20000, 'a')), 431},
      {"FieldsTooLong", get("A: " + std::string(9000, 'a') + "\r\nB: " + std::string(9000, 'a') + "\r\n"), 431},
      {"OtherExpectation", post("Expect: 200-ok\r\nContent-Length: 1\r\n", "x"), 417},
  };
}

std::vector<Hostile> request_lines() {
  return {
      {"NotHttp", std::string("\x16\x03\x01\x02\x00\x01\x00", 7)},
      {"LeadingSpace", " GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"TwoBlankLinesFirst", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"BareLfFirst", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"BareCrFirst", "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"MethodOnly", "GET\r\n\r\n"},
      {"MethodTooLong", std::string(40, 'A') + " / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"MethodNotAToken", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"NoVersion", "GET /\r\n\r\n"},
      {"TwoSpaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"TwoSpacesBeforeVersion", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"TrailingSpace", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
      {"TabBetween", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"TargetWithSpace", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"TargetWithNul", std::string("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 28)},
      {"TargetBeyondAscii", "GET /\xC3\xA4 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"TargetWithFragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"TargetRelative", "GET a HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"TargetTooLong", "GET /" + std::string(20000, 'a'), 414},
      {"VersionLowerCase", "GET / http/1.1\r\nHost: a\r\n\r\n"},
      {"VersionLong", "GET / HTTP/1.10\r\nHost: a\r\n\r\n"},
      {"VersionTwo", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"VersionZero", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
      {"PrefaceOfHttp2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
  };
}

class FramingRefuses : public ::testing::TestWithParam<Hostile> {
 protected:
  static constexpr http::FramingLimits kLimits{16U << 10U, 1000};
};

TEST_P(FramingRefuses, WholeAndInPieces) {
  const auto& hostile = GetParam();
  for (const std::size_t piece : {hostile.bytes.size(), std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
    const auto framed = frame_in_pieces(hostile.bytes, piece, kLimits);
    ASSERT_TRUE(framed.fault) << "in pieces of " << piece;
    EXPECT_EQ(framed.fault->status, hostile.status) << framed.fault->detail;
    EXPECT_FALSE(framed.fault->code.empty());
    EXPECT_FALSE(framed.fault->detail.empty());
    EXPECT_TRUE(framed.requests.empty());
  }
}

TEST_P(FramingRefuses, BehindAGoodRequest) {
  const std::string good = "GET /good HTTP/1.1\r\nHost: a\r\n\r\n";
  // A blank line between two requests is one that may be skipped, and a CR alone may become one.
  const auto framed = frame_in_pieces(good + GetParam().bytes, good.size() + 3, kLimits);
  EXPECT_TRUE(framed.fault);
  ASSERT_EQ(framed.requests.size(), 1U);
  EXPECT_EQ(framed.requests.front().path, "/good");
}

std::string name_of(const ::testing::TestParamInfo<Hostile>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Lengths, FramingRefuses, ::testing::ValuesIn(lengths()), name_of);
INSTANTIATE_TEST_SUITE_P(Codings, FramingRefuses, ::testing::ValuesIn(codings()), name_of);
INSTANTIATE_TEST_SUITE_P(Fields, FramingRefuses, ::testing::ValuesIn(fields()), name_of);
INSTANTIATE_TEST_SUITE_P(RequestLines, FramingRefuses, ::testing::ValuesIn(request_lines()), name_of);

TEST(FramingFaults, LastForEver) {
  http::Framer framer({});
  std::size_t consumed = 0;
  ASSERT_EQ(framer.feed("GET / HTTP/3.0\r\n\r\n", consumed), http::Framer::Event::kFault);
  EXPECT_EQ(framer.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n", consumed), http::Framer::Event::kFault);
  EXPECT_EQ(consumed, 0U);
  EXPECT_EQ(framer.fault().status, 505);
}

}  // namespace
}  // namespace herald::test
