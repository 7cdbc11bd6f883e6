// POST /api/provider/mock/inbound, /api/webhooks/sms and /api/webhooks/email.
#include <gmock/gmock.h>

#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

using ::testing::ElementsAre;

class ReceivingOverRest : public ApiTest {
 protected:
  static json mock_event() {
    return {{"channel", "sms"}, {"from", "+12025550142"}, {"to", "+12025550123"}, {"type", "sms"}, {"body", "Yes"}};
  }
  static json sms_event() {
    return {{"from", "+12025550142"},
            {"to", "+12025550123"},
            {"type", "mms"},
            {"messaging_provider_id", "SM1"},
            {"body", "Look"},
            {"attachments", {"https://example.com/cat.png"}},
            {"timestamp", "2025-12-31T23:59:59Z"}};
  }
  static json email_event() {
    return {{"from", "jo@example.org"},     {"to", "shop@example.com"},
            {"xillio_id", "mail-1"},        {"body", "<p>Thank&nbsp;you</p>\r\n"},
            {"attachments", json::array()}, {"timestamp", "2025-12-31T23:59:59Z"}};
  }
  http::Response bring_mock(const json& body) { return post("/api/provider/mock/inbound", body); }
  http::Response bring_sms(const json& body) { return post("/api/webhooks/sms", body); }
  http::Response bring_email(const json& body) { return post("/api/webhooks/email", body); }

  const domain::NewInbound& stored() const { return store_.received().at(0).messages.at(0); }
};

TEST_F(ReceivingOverRest, IsAcceptedWithAnIdAndALocation) {
  const auto answer = bring_sms(sms_event());
  ASSERT_EQ(answer.status, 202);
  const auto body = parsed(answer);
  EXPECT_EQ(body.at("status"), "accepted");
  EXPECT_EQ(body.size(), 2U);
  EXPECT_EQ(header(answer, "Location"), "/api/messages/" + body.at("id").get<std::string>());
}

TEST_F(ReceivingOverRest, IsNotAnsweredBeforeTheCommit) {
  const auto sink = std::make_shared<AnswerSink>();
  start(http::Method::kPost, "/api/webhooks/sms", sms_event().dump(), {{"Content-Type", "application/json"}}, sink);
  EXPECT_EQ(sink->answers, 0);
  writer_.step();
  EXPECT_EQ(sink->answers, 1);
}

TEST_F(ReceivingOverRest, StoresWhatTheSmsCarrierBrought) {
  ASSERT_EQ(bring_sms(sms_event()).status, 202);
  EXPECT_EQ(stored().content.channel, domain::Channel::kMms);
  EXPECT_EQ(stored().content.from, "+12025550142");
  EXPECT_EQ(stored().content.to, "+12025550123");
  EXPECT_EQ(stored().content.body, "Look");
  EXPECT_THAT(stored().content.attachments, ElementsAre("https://example.com/cat.png"));
  EXPECT_EQ(base::unix_ms(stored().content.timestamp), 1'767'225'599'000);
  EXPECT_EQ(stored().provider_message_id, "SM1");
  EXPECT_EQ(stored().request_id, kRequestId);
}

TEST_F(ReceivingOverRest, KeepsTheHtmlOfAnEmailByteForByte) {
  ASSERT_EQ(bring_email(email_event()).status, 202);
  EXPECT_EQ(stored().content.channel, domain::Channel::kEmail);
  EXPECT_EQ(stored().content.body, "<p>Thank&nbsp;you</p>\r\n");
  EXPECT_EQ(stored().provider_message_id, "mail-1");
}

TEST_F(ReceivingOverRest, StoresWhatTheMockBroughtInEveryChannel) {
  for (const char* channel : {"sms", "mms", "email"}) {
    auto event = mock_event();
    event.erase("type");
    event["channel"] = channel;
    ASSERT_EQ(bring_mock(event).status, 202);
    EXPECT_EQ(domain::to_string(store_.received().back().messages.at(0).content.channel), channel);
  }
}

TEST_F(ReceivingOverRest, TakesTheSameEventOnce) {
  const auto first = bring_sms(sms_event());
  const auto again = bring_sms(sms_event());
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(header(again, "Idempotency-Replayed"), "");
}

TEST_F(ReceivingOverRest, TakesTheTimeOfReceiptForATimestampThatCannotBeRead) {
  for (const auto& timestamp : std::vector<json>{"yesterday", "2026-02-30T00:00:00Z", "", 5, true, nullptr,
                                                 json::array({"2026-01-01T00:00:00Z"}), json::object()}) {
    auto event = mock_event();
    event["timestamp"] = timestamp;
    ASSERT_EQ(bring_mock(event).status, 202) << timestamp;
    EXPECT_EQ(store_.received().back().messages.at(0).content.timestamp, clock_.wall());
  }
}

TEST_F(ReceivingOverRest, IgnoresWhatTheContractDoesNotName) {
  auto event = sms_event();
  event["xillio_id"] = 5;
  event["channel"] = "fax";
  event["carrier"] = {{"deep", {1, 2}}};
  EXPECT_EQ(bring_sms(event).status, 202);
}

TEST_F(ReceivingOverRest, ListsEveryFaultAtOnce) {
  const auto answer = bring_sms({{"from", 5},
                                 {"type", "email"},
                                 {"messaging_provider_id", 7},
                                 {"body", false},
                                 {"attachments", {"https://example.com/x", 7}}});
  expect_problem(answer, 400, "validation_failed");
  EXPECT_THAT(pointers_of(answer),
              ElementsAre("/attachments/1", "/body", "/from", "/messaging_provider_id", "/to", "/type"));
  EXPECT_TRUE(store_.received().empty());
}

TEST_F(ReceivingOverRest, NamesEveryMissingField) {
  EXPECT_THAT(pointers_of(bring_mock(json::object())), ElementsAre("/body", "/channel", "/from", "/to"));
  EXPECT_THAT(pointers_of(bring_sms(json::object())),
              ElementsAre("/body", "/from", "/messaging_provider_id", "/to", "/type"));
  EXPECT_THAT(pointers_of(bring_email(json::object())), ElementsAre("/body", "/from", "/to", "/xillio_id"));
}

TEST_F(ReceivingOverRest, WantsATypeThatAgreesWithItsChannel) {
  auto event = mock_event();
  event["type"] = "mms";
  EXPECT_THAT(pointers_of(bring_mock(event)), ElementsAre("/type"));
  event["type"] = "fax";
  EXPECT_THAT(pointers_of(bring_mock(event)), ElementsAre("/type"));
  event["channel"] = event["type"] = "email";
  EXPECT_EQ(bring_mock(event).status, 202);
  event["channel"] = "fax";
  EXPECT_THAT(pointers_of(bring_mock(event)), ElementsAre("/channel"));
}

TEST_F(ReceivingOverRest, IsRefusedLoggedAndCountedOnceWhenItIsNoJson) {
  for (const char* path : {"/api/provider/mock/inbound", "/api/webhooks/sms", "/api/webhooks/email"})
    expect_problem(post_raw(path, "{\"from\":"), 400, "invalid_json");
  EXPECT_EQ(metrics_.inbound_refused.value(), 3U);
  EXPECT_EQ(log_.lines().size(), 3U);
  EXPECT_EQ(log_.lines().at(0).level, observe::LogLevel::kError);
  EXPECT_EQ(log_.lines().at(0).fields.at("request_id"), kRequestId);
}

TEST_F(ReceivingOverRest, IsRefusedLoggedAndCountedOnceWhenAFieldIsWrong) {
  auto event = sms_event();
  event["from"] = 5;
  bring_sms(event);
  EXPECT_EQ(metrics_.inbound_refused.value(), 1U);
  ASSERT_EQ(log_.lines().size(), 1U);
  EXPECT_EQ(log_.lines().at(0).level, observe::LogLevel::kError);
}

TEST_F(ReceivingOverRest, MustBeJsonAndTakeJson) {
  const auto text = ask(http::Method::kPost, "/api/webhooks/sms", sms_event().dump(), {{"Content-Type", "text/plain"}});
  expect_problem(text, 415, "unsupported_media_type");
  expect_problem(post("/api/webhooks/sms", sms_event(), {{"Accept", "text/html"}}), 406, "not_acceptable");
  expect_problem(post_raw("/api/webhooks/sms", std::string(262'145, ' ')), 413, "body_too_large");
}

TEST_F(ReceivingOverRest, IsToldToComeBackWhenItCannotBeStored) {
  store_.refuse_with(base::ErrorCode::kUnavailable);
  const auto answer = bring_sms(sms_event());
  expect_problem(answer, 503, "store_unavailable");
  EXPECT_NE(header(answer, "Retry-After"), "");
  EXPECT_EQ(answer.body.find("SECRET"), std::string::npos);
}

TEST_F(ReceivingOverRest, IsTakenWhileMoreComesInThanTheDiskTakes) {
  fill_the_queue();
  EXPECT_EQ(bring_sms(sms_event()).status, 202);
}

TEST_F(ReceivingOverRest, IsToldToComeBackWhileTheHostStartsOrDrains) {
  readiness_.now = {api::NotReady::kStarting};
  expect_problem(bring_sms(sms_event()), 503, "starting");
  readiness_.now = {api::NotReady::kDraining};
  expect_problem(bring_sms(sms_event()), 503, "draining");
  EXPECT_TRUE(store_.received().empty());
}

}  // namespace
}  // namespace herald::test
