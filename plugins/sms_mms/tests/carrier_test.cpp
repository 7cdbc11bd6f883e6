// The webhooks of the SMS and MMS mock.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <herald/testkit/plugin_under_test.h>

namespace herald::testkit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SmsMmsCarrier : public ::testing::Test {
 protected:
  SmsMmsCarrier() {
    EXPECT_EQ(plugin_.configure("{}").result, HERALD_OK);
    EXPECT_EQ(plugin_.start(), HERALD_OK);
  }

  WebhookAnswer form(const std::string& encoded) { return plugin_.webhook(TestWebhook::form(encoded)); }

  void expect_refused(const std::string& encoded, const std::string& reason) {
    const WebhookAnswer answer = form(encoded);
    EXPECT_EQ(answer.status, 400U) << encoded;
    EXPECT_THAT(answer.body, HasSubstr(reason)) << encoded;
    EXPECT_EQ(answer.events.size(), 0U) << encoded;
  }

  PluginUnderTest plugin_{HERALD_MOCK_FILE};
};

TEST_F(SmsMmsCarrier, BringsAnSms) {
  const WebhookAnswer answer =
      form("MessageSid=SM1&From=%2B15550101&To=%2B15550100&Body=Hello+%F0%9F%98%80&NumMedia=0");
  EXPECT_EQ(answer.status, 204U);
  EXPECT_EQ(answer.body, "");
  EXPECT_TRUE(answer.events.receipts.empty());
  ASSERT_EQ(answer.events.messages.size(), 1U);
  const InboundMessage& message = answer.events.messages[0];
  EXPECT_EQ(message.channel, "sms");
  EXPECT_EQ(message.provider_message_id, "SM1");
  EXPECT_EQ(message.from, "+15550101");
  EXPECT_EQ(message.to, "+15550100");
  EXPECT_EQ(message.body, "Hello 😀");
  EXPECT_EQ(message.subject, std::nullopt);
  EXPECT_EQ(message.timestamp, std::nullopt);
}

TEST_F(SmsMmsCarrier, BringsAnMmsWithItsMediaInOrder) {
  const WebhookAnswer answer = form(
      "MessageSid=MM1&From=a&To=b&Body=&NumMedia=2&MediaUrl1=https%3A%2F%2Fa.example%2F1&MediaUrl0=https://a.example/"
      "0");
  ASSERT_EQ(answer.events.messages.size(), 1U) << answer.body;
  EXPECT_EQ(answer.events.messages[0].channel, "mms");
  EXPECT_EQ(answer.events.messages[0].body, "");
  EXPECT_THAT(answer.events.messages[0].attachments, ElementsAre("https://a.example/0", "https://a.example/1"));
}

TEST_F(SmsMmsCarrier, KeepsABodysNulsAndIgnoresOtherFields) {
  const WebhookAnswer answer = form("MessageSid=SM1&From=a&To=b&Body=x%00y&AccountSid=AC1&SmsStatus=received");
  ASSERT_EQ(answer.events.messages.size(), 1U) << answer.body;
  EXPECT_EQ(answer.events.messages[0].body, std::string("x\0y", 3));
}

TEST_F(SmsMmsCarrier, BringsReceipts) {
  const WebhookAnswer delivered = form("MessageSid=mock-1&MessageStatus=delivered&ErrorCode=9");
  EXPECT_EQ(delivered.status, 204U);
  ASSERT_EQ(delivered.events.receipts.size(), 1U);
  EXPECT_EQ(delivered.events.receipts[0].status(), HERALD_RECEIPT_DELIVERED);
  EXPECT_EQ(delivered.events.receipts[0].provider_message_id(), "mock-1");
  EXPECT_EQ(delivered.events.receipts[0].error_code(), "");
  for (const char* status : {"failed", "undelivered"}) {
    const WebhookAnswer failed = form(std::string("MessageSid=mock-1&ErrorCode=30003&MessageStatus=") + status);
    ASSERT_EQ(failed.events.receipts.size(), 1U);
    EXPECT_EQ(failed.events.receipts[0].status(), HERALD_RECEIPT_FAILED);
    EXPECT_EQ(failed.events.receipts[0].error_code(), "30003");
  }
}

TEST_F(SmsMmsCarrier, NamesAFailureWithoutACodeAfterItsStatus) {
  const WebhookAnswer failed = form("MessageSid=mock-1&MessageStatus=undelivered");
  ASSERT_EQ(failed.events.receipts.size(), 1U);
  EXPECT_EQ(failed.events.receipts[0].error_code(), "undelivered");
}

TEST_F(SmsMmsCarrier, NamesAMessageInReceiptsAsItsOutcomeDid) {
  const std::string id = plugin_.send({}).provider_message_id;
  const WebhookAnswer answer = form("MessageStatus=delivered&MessageSid=" + id);
  ASSERT_EQ(answer.events.receipts.size(), 1U);
  EXPECT_EQ(answer.events.receipts[0].provider_message_id(), id);
}

TEST_F(SmsMmsCarrier, TakesStepsOnTheWayAndKeepsNothingOfThem) {
  for (const char* status : {"accepted", "queued", "scheduled", "sending", "sent"}) {
    const WebhookAnswer answer = form(std::string("MessageSid=mock-1&MessageStatus=") + status);
    EXPECT_EQ(answer.status, 204U) << status;
    EXPECT_EQ(answer.events.size(), 0U) << status;
  }
}

TEST_F(SmsMmsCarrier, EchoesTheChallengeOfAGet) {
  const WebhookAnswer answer = plugin_.webhook(TestWebhook::get("mode=subscribe&challenge=a%26b+c"));
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(answer.body, "a&b c");
  EXPECT_EQ(answer.events.size(), 0U);
}

TEST_F(SmsMmsCarrier, RefusesAGetWithoutAChallenge) {
  for (const std::string& query :
       {std::string(), std::string("challenge="), std::string("challenge=%4"), std::string("challenge=a%96c"),
        std::string("challenge=a%0Ab"), "challenge=" + std::string(256, 'a')}) {
    const WebhookAnswer answer = plugin_.webhook(TestWebhook::get(query));
    EXPECT_EQ(answer.status, 400U) << query;
    EXPECT_NE(answer.body, "");
  }
}

TEST_F(SmsMmsCarrier, RefusesAnotherMethodOrMediaType) {
  auto put = TestWebhook::form("MessageSid=SM1");
  put.method = "PUT";
  EXPECT_EQ(plugin_.webhook(put).status, 405U);
  EXPECT_EQ(plugin_.webhook(TestWebhook::post("application/json", "{}")).status, 415U);
  TestWebhook untyped;
  untyped.body = "MessageSid=SM1";
  EXPECT_EQ(plugin_.webhook(untyped).status, 415U);
}

TEST_F(SmsMmsCarrier, SaysWhichFieldOfAMessageIsMissing) {
  expect_refused("From=a&To=b&Body=c", "MessageSid");
  expect_refused("MessageSid=&From=a&To=b&Body=c", "MessageSid");
  expect_refused("MessageSid=SM1&To=b&Body=c", "From");
  expect_refused("MessageSid=SM1&From=a&Body=c", "To");
  expect_refused("MessageSid=SM1&From=a&To=b", "Body");
  expect_refused("", "MessageSid");
}

TEST_F(SmsMmsCarrier, RefusesAMessageThatSaysNothing) {
  expect_refused("MessageSid=SM1&From=a&To=b&Body=+", "neither words nor attachments");
}

TEST_F(SmsMmsCarrier, RefusesMediaThatDoNotFitTheirNumber) {
  const std::string message = "MessageSid=MM1&From=a&To=b&Body=c&MediaUrl0=https://a.example/0&NumMedia=";
  for (const char* number : {"", "-1", "+1", "1x", "0x1", "101", "4294967297", "99999999999999999999", "%20"})
    expect_refused(message + number, "NumMedia");
  expect_refused(message + "2", "MediaUrl1");
  expect_refused("MessageSid=MM1&From=a&To=b&Body=c&NumMedia=1&MediaUrl0=javascript:0", "attachment");
}

TEST_F(SmsMmsCarrier, SaysWhatIsWrongWithAReceipt) {
  expect_refused("MessageStatus=delivered", "MessageSid");
  expect_refused("MessageStatus=delivered&MessageSid=", "MessageSid");
  expect_refused("MessageStatus=&MessageSid=mock-1", "MessageStatus");
  expect_refused("MessageStatus=Delivered&MessageSid=mock-1", "MessageStatus");
}

TEST_F(SmsMmsCarrier, RefusesHostileForms) {
  expect_refused("MessageSid=SM1&From=a&To=b&Body=%", "malformed");
  expect_refused("MessageSid=SM1&From=a&To=b&Body=%F", "malformed");
  expect_refused("MessageSid=SM1&From=a&To=b&Body=%GG", "malformed");
  expect_refused("MessageSid=SM1&From=a&To=b&Body=%FF", "no UTF-8");
  expect_refused("MessageSid=SM1&From=a%00&To=b&Body=c", "sender");
  expect_refused("MessageSid=%00&From=a&To=b&Body=c", "id");
  expect_refused("MessageStatus=failed&MessageSid=%FF", "id");
  std::string fields = "MessageSid=SM1&From=a&To=b&Body=c";
  for (int i = 0; i < 3000; ++i)
    fields += "&x=y";
  expect_refused(fields, "fields");
}

TEST_F(SmsMmsCarrier, TakesAHugeBody) {
  const std::string body(250'000, 'a');
  const WebhookAnswer answer = form("MessageSid=SM1&From=a&To=b&Body=" + body);
  ASSERT_EQ(answer.events.messages.size(), 1U);
  EXPECT_EQ(answer.events.messages[0].body, body);
}

TEST_F(SmsMmsCarrier, LogsNoBodyAndNoAddress) {
  form("MessageSid=SM1&From=%2B15550101&To=%2B15550100&Body=%FFprivate");
  EXPECT_FALSE(plugin_.host().log_lines().empty());
  EXPECT_FALSE(plugin_.host().logged("private"));
  EXPECT_FALSE(plugin_.host().logged("5550101"));
}

}  // namespace
}  // namespace herald::testkit
