// What carriers write, read into an event.
#include "api/inbound_decoder.h"

#include <string>

#include <gtest/gtest.h>

namespace herald::api {
namespace {

using intake::InboundSource;

class InboundDecoder : public ::testing::Test {
 protected:
  static intake::InboundRequest decode(const std::string& body, InboundSource source) {
    auto request = decode_inbound(body, source);
    EXPECT_TRUE(request) << body;
    return request ? *std::move(request) : intake::InboundRequest{};
  }

  // The pointers of the decoder's own faults, in their order.
  static std::string faults_of(const std::string& body, InboundSource source) {
    std::string pointers;
    const auto request = decode(body, source);
    for (const auto& fault : request.faults.list())
      pointers += "[" + fault.pointer + "]";
    return pointers;
  }
};

TEST_F(InboundDecoder, ReadsWhatTheMockBrings) {
  const auto request = decode(R"({"channel":"mms","from":"a","to":"b","type":"mms","body":"c","attachments":["d","e"],)"
                              R"("timestamp":"1970-01-01T00:00:01Z","messaging_provider_id":"x"})",
                              InboundSource::kMock);
  EXPECT_TRUE(request.faults.empty());
  EXPECT_EQ(request.source, InboundSource::kMock);
  EXPECT_EQ(request.channel, domain::Channel::kMms);
  EXPECT_EQ(request.type, domain::Channel::kMms);
  EXPECT_EQ(request.from, "a");
  EXPECT_EQ(request.to, "b");
  EXPECT_EQ(request.body, "c");
  EXPECT_EQ(request.attachments, (std::vector<std::string>{"d", "e"}));
  EXPECT_EQ(request.timestamp, base::from_unix_ms(1000));
  EXPECT_FALSE(request.provider_message_id);
}

TEST_F(InboundDecoder, TakesTheTypeOfTheSmsWebhookForItsChannel) {
  const auto request =
      decode(R"({"type":"sms","messaging_provider_id":"SM1","subject":"ignored"})", InboundSource::kSmsWebhook);
  EXPECT_EQ(request.channel, domain::Channel::kSms);
  EXPECT_FALSE(request.type);
  EXPECT_EQ(request.provider_message_id, "SM1");
  EXPECT_FALSE(request.subject);
}

TEST_F(InboundDecoder, KnowsTheChannelOfTheEmailWebhook) {
  const auto request =
      decode(R"({"xillio_id":"m1","subject":"Re: order","channel":"sms","type":5})", InboundSource::kEmailWebhook);
  EXPECT_TRUE(request.faults.empty());
  EXPECT_EQ(request.channel, domain::Channel::kEmail);
  EXPECT_EQ(request.provider_message_id, "m1");
  EXPECT_EQ(request.subject, "Re: order");
}

TEST_F(InboundDecoder, LeavesAbsentWhatIsNullOrNotThere) {
  const auto request =
      decode(R"({"from":null,"channel":null,"type":null,"attachments":null,"timestamp":null})", InboundSource::kMock);
  EXPECT_TRUE(request.faults.empty());
  EXPECT_FALSE(request.from || request.to || request.channel || request.type || request.body || request.timestamp);
}

TEST_F(InboundDecoder, FindsNoFaultWithATimestamp) {
  for (const char* timestamp : {"\"soon\"", "5", "[\"x\"]", "{\"a\":1}", "1e3", "true", "\"\""}) {
    const auto body = std::string(R"({"timestamp":)") + timestamp + "}";
    for (const auto source : {InboundSource::kMock, InboundSource::kSmsWebhook, InboundSource::kEmailWebhook}) {
      EXPECT_EQ(faults_of(body, source), "");
      EXPECT_FALSE(decode(body, source).timestamp);
    }
  }
}

TEST_F(InboundDecoder, FindsEveryWrongType) {
  EXPECT_EQ(faults_of(R"({"channel":1,"from":1,"to":[],"type":{},"subject":1,"body":1.5,"attachments":"x"})",
                      InboundSource::kMock),
            "[/channel][/from][/to][/type][/subject][/body][/attachments]");
  EXPECT_EQ(faults_of(R"({"type":"email","messaging_provider_id":1})", InboundSource::kSmsWebhook),
            "[/type][/messaging_provider_id]");
  EXPECT_EQ(faults_of(R"({"xillio_id":["x"],"attachments":[1,"a",null]})", InboundSource::kEmailWebhook),
            "[/xillio_id][/attachments/0][/attachments/2]");
}

TEST_F(InboundDecoder, IsAsStrictWithItsJsonAsTheOther) {
  for (const std::string& body : {std::string("{"), std::string("{}\0", 3), std::string("{\"body\":\"\xff\"}"),
                                  std::string(2'000'000, '['), std::string(R"({"body":"\ud800"})")}) {
    EXPECT_FALSE(decode_inbound(body, InboundSource::kMock));
  }
  EXPECT_EQ(faults_of(R"({"body":"a","body":"b"})", InboundSource::kMock), "[/body]");
  EXPECT_EQ(faults_of("[]", InboundSource::kSmsWebhook), "[]");
}

}  // namespace
}  // namespace herald::api
