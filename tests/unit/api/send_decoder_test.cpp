// JSON that means harm, or nothing.
#include "api/send_decoder.h"

#include <string>

#include <gtest/gtest.h>

namespace herald::api {
namespace {

using intake::Medium;

tl::expected<intake::SendRequest, Malformed> decode(const std::string& body) {
  return decode_send(body, Medium::kPhone);
}

bool is_malformed(const std::string& body) {
  return !decode(body).has_value();
}

// The pointers of the decoder's own faults, in their order.
std::string faults_of(const std::string& body) {
  std::string pointers;
  const auto request = decode(body);
  if (!request) return "malformed";
  for (const auto& fault : request->faults.list())
    pointers += "[" + fault.pointer + "]";
  return pointers;
}

std::string nested(std::size_t depth, char open, char close) {
  return R"({"x":)" + std::string(depth, open) + std::string(depth, close) + "}";
}

TEST(SendDecoder, ReadsAWholeRequest) {
  const auto request = decode(R"({"from":"a","to":"b","type":"mms","body":"c","attachments":["d","e"],)"
                              R"("timestamp":"1970-01-01T00:00:01Z","ttl_seconds":7})");
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->faults.empty());
  EXPECT_EQ(request->from, "a");
  EXPECT_EQ(request->to, "b");
  EXPECT_EQ(request->channel, domain::Channel::kMms);
  EXPECT_EQ(request->body, "c");
  EXPECT_EQ(request->attachments, (std::vector<std::string>{"d", "e"}));
  EXPECT_EQ(request->timestamp, base::from_unix_ms(1000));
  EXPECT_EQ(request->ttl_seconds, 7);
}

TEST(SendDecoder, LeavesAbsentWhatIsNotThere) {
  const auto request = decode("{}");
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->from || request->to || request->body || request->timestamp || request->ttl_seconds);
}

TEST(SendDecoder, SurvivesNestingWithoutEnd) {
  for (const std::size_t depth : {std::size_t{100'000}, std::size_t{2'000'000}}) {
    EXPECT_TRUE(is_malformed(std::string(depth, '[')));
    EXPECT_TRUE(is_malformed(nested(depth, '[', ']')));
    std::string objects;
    for (std::size_t i = 0; i < depth; ++i)
      objects += "{\"a\":";
    EXPECT_TRUE(is_malformed(objects));
  }
}

TEST(SendDecoder, BoundsNesting) {
  EXPECT_FALSE(is_malformed(nested(kMaxDepth - 1, '[', ']')));
  EXPECT_TRUE(is_malformed(nested(kMaxDepth, '[', ']')));
}

TEST(SendDecoder, RefusesLoneSurrogates) {
  for (const char* body : {R"({"body":"\ud800"})", R"({"body":"\udc00"})", R"({"body":"\ud800\u0041"})",
                           R"({"body":"\udce8\ud83d"})", R"({"x":"\ud800x"})"}) {
    EXPECT_TRUE(is_malformed(body)) << body;
  }
}

TEST(SendDecoder, RefusesIllFormedUtf8) {
  for (const char* bytes : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x28\xa1"}) {
    EXPECT_TRUE(is_malformed(std::string(R"({"body":")") + bytes + "\"}"));
    EXPECT_TRUE(is_malformed(std::string(R"({")") + bytes + "\":1}"));
  }
}

TEST(SendDecoder, RefusesRawControlCharactersInStrings) {
  EXPECT_TRUE(is_malformed("{\"body\":\"a\nb\"}"));
  EXPECT_TRUE(is_malformed("{\"body\":\"a\tb\"}"));
}

TEST(SendDecoder, SeesWhatStandsBehindANul) {
  EXPECT_TRUE(is_malformed(std::string("{}\0", 3)));
  EXPECT_TRUE(is_malformed(std::string("{}\0{\"from\":1}", 13)));
  EXPECT_TRUE(is_malformed(std::string("{\"body\":\"a\0b\"}", 14)));
  EXPECT_TRUE(is_malformed(std::string("\0", 1)));
}

TEST(SendDecoder, RefusesNumbersOutOfRange) {
  EXPECT_TRUE(is_malformed(R"({"x":1e999})"));
  EXPECT_EQ(faults_of(R"({"ttl_seconds":1e300})"), "[/ttl_seconds]");
  EXPECT_EQ(faults_of(R"({"ttl_seconds":60.0})"), "[/ttl_seconds]");
  EXPECT_EQ(decode(R"({"ttl_seconds":18446744073709551615})")->ttl_seconds, INT64_MAX);
  EXPECT_EQ(faults_of(R"({"ttl_seconds":)" + std::string(400, '9') + "}"), "malformed");
}

TEST(SendDecoder, RefusesANameThatStandsTwice) {
  EXPECT_EQ(faults_of(R"({"from":"a","from":"b"})"), "[/from]");
  EXPECT_EQ(faults_of(R"({"from":"a","fr\u006fm":"b"})"), "[/from]");
  EXPECT_EQ(faults_of(R"({"from":"a","from":"b","from":"c"})"), "[/from]");
  EXPECT_EQ(faults_of(R"({"x":1,"x":2})"), "[/x]");
  EXPECT_EQ(faults_of(R"({"x":{"y":1,"y":2}})"), "[]");
  EXPECT_EQ(faults_of(R"({"x":{"y":1},"z":{"y":1}})"), "");
  EXPECT_EQ(faults_of(R"({"x":[{"y":1},{"y":1}]})"), "");
}

TEST(SendDecoder, EscapesAPointer) {
  EXPECT_EQ(faults_of(R"({"a/b~c":1,"a/b~c":2})"), "[/a~1b~0c]");
}

TEST(SendDecoder, BoundsMembersThatItDoesNotKnow) {
  const auto with_members = [](std::size_t count) {
    std::string body = "{";
    for (std::size_t i = 0; i < count; ++i)
      body += "\"k" + std::to_string(i) + "\":0,";
    return body + R"("from":"a"})";
  };
  EXPECT_FALSE(is_malformed(with_members(kMaxUnknownMembers)));
  EXPECT_TRUE(is_malformed(with_members(kMaxUnknownMembers + 1)));
}

TEST(SendDecoder, KeepsNoMillionsOfAttachments) {
  std::string body = R"({"attachments":[)";
  for (int i = 0; i < 50'000; ++i)
    body += "\"\",";
  const auto request = decode(body + "\"\"]}");
  ASSERT_TRUE(request);
  EXPECT_LE(request->attachments.size(), 1000U);
  EXPECT_GT(request->attachments.size(), 100U);
}

TEST(SendDecoder, PlacesEntriesBehindOnesThatAreNoStrings) {
  const auto request = decode(R"({"attachments":["a",1,{"x":["y"]},["z",["w"]],null,"b"]})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->attachments, (std::vector<std::string>{"a", "", "", "", "", "b"}));
  EXPECT_EQ(faults_of(R"({"attachments":["a",1,{"x":["y"]},["z",["w"]],null,"b"]})"),
            "[/attachments/1][/attachments/2][/attachments/3][/attachments/4]");
}

TEST(SendDecoder, TakesNothingFromInsideOtherValues) {
  const auto request =
      decode(R"({"x":{"from":"a","attachments":["b"]},"y":[{"to":"c"}],"attachments":[{"body":"d"}]})");
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->from || request->to || request->body);
  EXPECT_EQ(request->attachments, std::vector<std::string>{""});
}

TEST(SendDecoder, TakesNoFieldOfAnArray) {
  EXPECT_FALSE(decode(R"([{"from":"a"}])")->from.has_value());
}

TEST(SendDecoder, TellsNothingOfTheValueInItsRefusal) {
  const auto refused = decode(R"({"body":"SECRET)");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().detail.find("SECRET"), std::string::npos);
  EXPECT_EQ(refused.error().detail.find("json.exception"), std::string::npos);
}

TEST(SendDecoder, NeverFailsOnACutOrFlippedBody) {
  const std::string body =
      R"({"from":"+1","to":"b","type":"sms","body":"\u00e9\ud83d\udce8","attachments":["d"],"ttl_seconds":7})";
  for (std::size_t i = 0; i < body.size(); ++i) {
    EXPECT_TRUE(is_malformed(body.substr(0, i)));
    for (const char other : {'\0', '"', '{', ']', '\\', '\xff', '9'}) {
      auto flipped = body;
      flipped[i] = other;
      const auto request = decode(flipped);
      EXPECT_TRUE(request.has_value() || !request.error().detail.empty());
    }
  }
}

}  // namespace
}  // namespace herald::api
