// The webhooks of the email mock.
#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <herald/testkit/plugin_under_test.h>

namespace herald::testkit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EmailCarrier : public ::testing::Test {
 protected:
  EmailCarrier() {
    EXPECT_EQ(plugin_.configure("{}").result, HERALD_OK);
    EXPECT_EQ(plugin_.start(), HERALD_OK);
  }

  WebhookAnswer post(const std::string& body) { return plugin_.webhook(TestWebhook::post("application/json", body)); }

  void expect_refused(const std::string& body, const std::string& reason) {
    const WebhookAnswer answer = post(body);
    EXPECT_EQ(answer.status, 400U) << body.substr(0, 200);
    EXPECT_THAT(answer.body, HasSubstr(reason)) << body.substr(0, 200);
    EXPECT_EQ(answer.events.size(), 0U);
  }

  PluginUnderTest plugin_{HERALD_MOCK_FILE};
};

TEST_F(EmailCarrier, BringsAMessage) {
  const WebhookAnswer answer = post(R"({"event": "inbound", "message_id": "<1@b.example>", "from": "a@b.example",
    "to": "c@d.example", "subject": "Re: Greetings", "body": "<p>Hello\u0000</p>\r\n",
    "attachments": ["https://a.example/1", "https://a.example/2"], "timestamp": 1500000000, "ip": "192.0.2.1"})");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.body, R"({"accepted":1})");
  ASSERT_EQ(answer.events.messages.size(), 1U);
  const InboundMessage& message = answer.events.messages[0];
  EXPECT_EQ(message.channel, "email");
  EXPECT_EQ(message.provider_message_id, "<1@b.example>");
  EXPECT_EQ(message.from, "a@b.example");
  EXPECT_EQ(message.to, "c@d.example");
  EXPECT_EQ(message.subject, "Re: Greetings");
  EXPECT_EQ(message.body, std::string("<p>Hello\0</p>\r\n", 15));
  EXPECT_THAT(message.attachments, ElementsAre("https://a.example/1", "https://a.example/2"));
  EXPECT_EQ(message.timestamp, std::chrono::system_clock::time_point(std::chrono::seconds(1'500'000'000)));
}

TEST_F(EmailCarrier, BringsAMessageWithWhatItMustHaveAlone) {
  const WebhookAnswer answer = post(
      R"({"event": "inbound", "message_id": "1", "from": "a", "to": "c", "body": "x", "subject": null,
          "attachments": null, "timestamp": null})");
  ASSERT_EQ(answer.events.messages.size(), 1U) << answer.body;
  EXPECT_EQ(answer.events.messages[0].subject, std::nullopt);
  EXPECT_EQ(answer.events.messages[0].timestamp, std::nullopt);
  EXPECT_TRUE(answer.events.messages[0].attachments.empty());
}

TEST_F(EmailCarrier, BringsReceipts) {
  const WebhookAnswer answer = post(R"([{"event": "delivered", "message_id": "<1@mock.herald>"},
    {"event": "bounced", "message_id": "<2@mock.herald>", "error_code": "5.1.1"},
    {"event": "bounced", "message_id": "<3@mock.herald>"}])");
  EXPECT_EQ(answer.body, R"({"accepted":3})");
  ASSERT_EQ(answer.events.receipts.size(), 3U);
  EXPECT_EQ(answer.events.receipts[0].status(), HERALD_RECEIPT_DELIVERED);
  EXPECT_EQ(answer.events.receipts[0].provider_message_id(), "<1@mock.herald>");
  EXPECT_EQ(answer.events.receipts[1].status(), HERALD_RECEIPT_FAILED);
  EXPECT_EQ(answer.events.receipts[1].error_code(), "5.1.1");
  EXPECT_EQ(answer.events.receipts[2].error_code(), "bounced");
}

TEST_F(EmailCarrier, NamesAMessageInReceiptsAsItsOutcomeDid) {
  TestMessage sent;
  sent.channel = "email";
  const std::string id = plugin_.send(sent).provider_message_id;
  const WebhookAnswer answer = post(R"({"event": "delivered", "message_id": ")" + id + R"("})");
  ASSERT_EQ(answer.events.receipts.size(), 1U);
  EXPECT_EQ(answer.events.receipts[0].provider_message_id(), id);
}

TEST_F(EmailCarrier, TakesMessagesAndReceiptsTogether) {
  const WebhookAnswer answer = post(R"([{"event": "delivered", "message_id": "1"}, {"event": "processed"},
    {"event": "inbound", "message_id": "2", "from": "a", "to": "b", "body": "c"}, {"event": "deferred"}])");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, R"({"accepted":4})");
  EXPECT_EQ(answer.events.messages.size(), 1U);
  EXPECT_EQ(answer.events.receipts.size(), 1U);
}

TEST_F(EmailCarrier, EmitsNothingOfAnArrayWithOneMalformedEvent) {
  expect_refused(R"([{"event": "delivered", "message_id": "1"},
    {"event": "inbound", "message_id": "2", "from": "a", "to": "b", "body": "c"}, {"event": "delivered"}])",
                 "event 3: message_id is missing");
}

TEST_F(EmailCarrier, RefusesWhatIsNoJsonAndNoEvent) {
  for (const char* body : {"", "{", "[1,]", "\xFF", "{\"event\": \"\xC0\x80\"}", "nul", "{}{}"})
    expect_refused(body, "no JSON");
  expect_refused("[]", "0 events, expected 1 to 1000");
  for (const char* body : {"null", "1", "\"inbound\"", "[[]]", "[null]"})
    expect_refused(body, "event 1: expected an object");
  expect_refused("{}", "event is missing");
  expect_refused(R"({"event": 1})", "event is no text");
  expect_refused(R"({"event": ""})", "event is empty");
  expect_refused(R"({"event": "opened"})", "event is unknown");
}

TEST_F(EmailCarrier, SaysWhichMemberOfAMessageIsMissingOrOfAnotherType) {
  const std::string begin = R"({"event": "inbound", )";
  expect_refused(begin + R"("from": "a", "to": "b", "body": "c"})", "message_id is missing");
  expect_refused(begin + R"("message_id": "", "from": "a", "to": "b", "body": "c"})", "message_id is empty");
  expect_refused(begin + R"("message_id": "1", "to": "b", "body": "c"})", "from is missing");
  expect_refused(begin + R"("message_id": "1", "from": ["a"], "to": "b", "body": "c"})", "from is no text");
  expect_refused(begin + R"("message_id": "1", "from": "a", "body": "c"})", "to is missing");
  expect_refused(begin + R"("message_id": "1", "from": "a", "to": "b"})", "body is missing");
  expect_refused(begin + R"("message_id": "1", "from": "a", "to": "b", "body": null})", "body is no text");
  expect_refused(begin + R"("message_id": "1", "from": "a", "to": "b", "body": " "})", "neither words nor");
  expect_refused(begin + R"("message_id": "1", "from": "a\nb", "to": "b", "body": "c"})", "sender");
}

TEST_F(EmailCarrier, RefusesOptionalMembersOfAnotherType) {
  const std::string begin = R"({"event": "inbound", "message_id": "1", "from": "a", "to": "b", "body": "c", )";
  expect_refused(begin + R"("subject": 1})", "subject is no text");
  expect_refused(begin + R"("attachments": "https://a.example"})", "attachments");
  expect_refused(begin + R"("attachments": [1]})", "attachment");
  expect_refused(begin + R"("attachments": ["file:///etc/passwd"]})", "attachment");
  for (const char* timestamp :
       {"-1", "1.5", "\"2020-01-01\"", "9223372037", "9223372036854775807", "18446744073709551615", "1e3", "1e400"})
    EXPECT_EQ(post(begin + "\"timestamp\": " + timestamp + "}").status, 400U) << timestamp;
}

TEST_F(EmailCarrier, RefusesAReceiptThatNamesNoMessage) {
  expect_refused(R"({"event": "bounced", "error_code": "5.1.1"})", "message_id is missing");
  expect_refused(R"({"event": "delivered", "message_id": 7})", "message_id is no text");
  expect_refused(R"({"event": "bounced", "message_id": "1", "error_code": 511})", "error_code is no text");
}

TEST_F(EmailCarrier, TakesAThousandEventsAndNotOneMore) {
  std::string events = "[";
  for (int i = 0; i < 999; ++i)
    events += R"({"event":"delivered","message_id":"1"},)";
  const std::string last = R"({"event":"delivered","message_id":"1"})";
  EXPECT_EQ(post(events + last + "]").events.size(), 1000U);
  expect_refused(events + last + "," + last + "]", "1001 events");
}

TEST_F(EmailCarrier, IsNotBroughtDownByADeepDocument) {
  const std::string open(200'000, '[');
  expect_refused(open, "no JSON");
  expect_refused(open + std::string(200'000, ']'), "expected an object");
  expect_refused(R"({"event": )" + open + std::string(200'000, ']') + "}", "event is no text");
}

TEST_F(EmailCarrier, RefusesAnotherMethodOrMediaType) {
  EXPECT_EQ(plugin_.webhook(TestWebhook::get("challenge=1")).status, 405U);
  EXPECT_EQ(plugin_.webhook(TestWebhook::form("event=inbound")).status, 415U);
  EXPECT_EQ(plugin_.webhook(TestWebhook::post("Application/JSON; charset=utf-8", "{")).status, 400U);
}

TEST_F(EmailCarrier, ShowsNothingOfWhatItRefuses) {
  const WebhookAnswer answer =
      post(R"({"event": "inbound", "message_id": "1", "from": "", "to": "b@private.example", "body": "private"})");
  EXPECT_EQ(answer.status, 400U);
  EXPECT_EQ(answer.body.find("private"), std::string::npos);
  EXPECT_FALSE(plugin_.host().logged("private"));
}

}  // namespace
}  // namespace herald::testkit
