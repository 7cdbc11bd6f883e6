// POST /api/messages/sms and /api/messages/email: every row of the contract's table of answers.
#include <string>

#include <gmock/gmock.h>

#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

using ::testing::ElementsAre;

class SendingOverRest : public ApiTest {};

TEST_F(SendingOverRest, IsAcceptedWithAnIdAndALocation) {
  const auto answer = send_sms(sms());
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.content_type, "application/json");
  const auto body = parsed(answer);
  EXPECT_EQ(body.at("status"), "accepted");
  EXPECT_EQ(body.size(), 2U);
  const std::string id = body.at("id");
  EXPECT_TRUE(base::MessageId::parse(id));
  EXPECT_EQ(header(answer, "Location"), "/api/messages/" + id);
}

TEST_F(SendingOverRest, IsNotAnsweredBeforeTheCommit) {
  const auto sink = std::make_shared<AnswerSink>();
  start(http::Method::kPost, "/api/messages/sms", sms().dump(), {{"Content-Type", "application/json"}}, sink);
  EXPECT_EQ(sink->answers, 0);
  writer_.step();
  ASSERT_EQ(sink->answers, 1);
  EXPECT_EQ(sink->answer->status, 202);
}

TEST_F(SendingOverRest, StoresWhatTheClientWrote) {
  auto body = mms();
  body["timestamp"] = "2025-12-31T23:59:59.5+02:00";
  body["ttl_seconds"] = 60;
  ASSERT_EQ(send_sms(body).status, 202);
  const auto& stored = store_.accepted().at(0);
  EXPECT_EQ(stored.content.channel, domain::Channel::kMms);
  EXPECT_EQ(stored.content.from, "+12025550123");
  EXPECT_EQ(stored.content.to, "+12025550142");
  EXPECT_EQ(stored.content.body, "Your code is 4711");
  EXPECT_THAT(stored.content.attachments, ElementsAre("https://example.com/cat.png"));
  EXPECT_EQ(base::unix_ms(stored.content.timestamp), 1'767'218'399'500);
  EXPECT_EQ(stored.expires_at - stored.accepted_at, std::chrono::seconds{60});
  EXPECT_EQ(stored.request_id, kRequestId);
  EXPECT_EQ(stored.content.subject, std::nullopt);
}

TEST_F(SendingOverRest, StoresAnEmailWithItsSubject) {
  ASSERT_EQ(send_email(email()).status, 202);
  const auto& stored = store_.accepted().at(0);
  EXPECT_EQ(stored.content.channel, domain::Channel::kEmail);
  EXPECT_EQ(stored.content.subject, "Order");
  EXPECT_EQ(stored.provider, "email");
}

TEST_F(SendingOverRest, NeedsNoSubject) {
  auto body = email();
  body.erase("subject");
  ASSERT_EQ(send_email(body).status, 202);
  EXPECT_EQ(store_.accepted().at(0).content.subject, std::nullopt);
}

TEST_F(SendingOverRest, KeepsEveryBodyByteForByte) {
  for (const std::string& text : {std::string("line one\r\nline two\t\xF0\x9F\x93\xA8"), std::string("a\0b\x01\x1f", 5),
                                  std::string("<p>\"quoted\" \\ \xE2\x80\xA8</p>"), std::string("  blank around  "),
                                  std::string("\xEF\xBB\xBF bom")}) {
    auto body = sms();
    body["body"] = text;
    ASSERT_EQ(send_sms(body).status, 202);
    EXPECT_EQ(store_.accepted().back().content.body, text);
  }
}

TEST_F(SendingOverRest, ReadsEscapesAsTheyAreMeant) {
  ASSERT_EQ(post_raw("/api/messages/sms", R"({"from":"+12025550123","to":"+12025550142","type":"sms",)"
                                          R"("body":"\u0041\ud83d\udce8\u0000\/\r\n"})")
                .status,
            202);
  EXPECT_EQ(store_.accepted().at(0).content.body, std::string("A\xF0\x9F\x93\xA8\0/\r\n", 9));
}

TEST_F(SendingOverRest, TakesNullForWhatIsOptional) {
  auto body = sms();
  body["attachments"] = nullptr;
  body["timestamp"] = nullptr;
  body["ttl_seconds"] = nullptr;
  EXPECT_EQ(send_sms(body).status, 202);
}

TEST_F(SendingOverRest, IgnoresWhatTheContractDoesNotName) {
  auto body = sms();
  body["xillio_id"] = {{"deep", {1, 2, {{"a", nullptr}}}}};
  body["subject"] = 5;
  EXPECT_EQ(send_sms(body).status, 202);
}

TEST_F(SendingOverRest, ListsEveryFaultAtOnce) {
  const auto answer = send_sms({{"from", 5},
                                {"to", "nobody"},
                                {"type", "fax"},
                                {"body", "  "},
                                {"attachments", {"https://example.com", 7, "ftp://x"}},
                                {"timestamp", "yesterday"},
                                {"ttl_seconds", "60"}});
  expect_problem(answer, 400, "validation_failed");
  EXPECT_THAT(pointers_of(answer), ElementsAre("/attachments/1", "/attachments/2", "/body", "/from", "/timestamp",
                                               "/to", "/ttl_seconds", "/type"));
  const auto errors = parsed(answer).at("errors");
  for (const auto& error : errors)
    EXPECT_FALSE(error.at("message").get<std::string>().empty());
  EXPECT_EQ(metrics_.refused_invalid.value(), 1U);
  EXPECT_TRUE(store_.accepted().empty());
}

TEST_F(SendingOverRest, NamesEveryMissingField) {
  EXPECT_THAT(pointers_of(send_sms(json::object())), ElementsAre("/body", "/from", "/to", "/type"));
  EXPECT_THAT(pointers_of(send_email(json::object())), ElementsAre("/body", "/from", "/to"));
}

TEST_F(SendingOverRest, ShowsTheFirstFaultToAnOlderClient) {
  auto body = sms();
  body.erase("to");
  EXPECT_EQ(parsed(send_sms(body)).at("message"), "/to is required");
  body.erase("body");
  EXPECT_EQ(parsed(send_sms(body)).at("message"), "/to is required; and 1 more in errors");
}

TEST_F(SendingOverRest, RefusesAWrongTypeOfEachField) {
  const std::vector<json> wrong_texts{1, 1.5, true, json::array({"x"}), json::object({{"a", 1}})};
  for (const char* field : {"from", "to", "type", "body", "timestamp"}) {
    for (const auto& wrong : wrong_texts) {
      auto body = sms();
      body[field] = wrong;
      EXPECT_THAT(pointers_of(send_sms(body)), ElementsAre(std::string("/") + field)) << wrong;
    }
  }
  for (const auto& wrong : std::vector<json>{"60", 1.5, true, json::array({60}), json::object(), 0, -1, 1e300}) {
    auto body = sms();
    body["ttl_seconds"] = wrong;
    EXPECT_THAT(pointers_of(send_sms(body)), ElementsAre("/ttl_seconds")) << wrong;
  }
  for (const auto& wrong :
       std::vector<json>{"https://example.com", 1, true, json::object({{"0", "https://example.com"}})}) {
    auto body = sms();
    body["attachments"] = wrong;
    EXPECT_THAT(pointers_of(send_sms(body)), ElementsAre("/attachments")) << wrong;
  }
  auto body = email();
  body["subject"] = 1;
  EXPECT_THAT(pointers_of(send_email(body)), ElementsAre("/subject"));
}

TEST_F(SendingOverRest, RefusesNullWhereAFieldIsRequired) {
  for (const char* field : {"from", "to", "type", "body"}) {
    auto body = sms();
    body[field] = nullptr;
    EXPECT_THAT(pointers_of(send_sms(body)), ElementsAre(std::string("/") + field));
  }
}

TEST_F(SendingOverRest, CannotSmuggleAHeaderIntoAnEmail) {
  for (const char* field : {"from", "to", "subject"}) {
    auto body = email();
    body[field] = body[field].get<std::string>() + "\r\nBcc: eve@example.com";
    EXPECT_THAT(pointers_of(send_email(body)), ElementsAre(std::string("/") + field));
    body[field] = std::string("a\0@example.com", 14);
    EXPECT_THAT(pointers_of(send_email(body)), ElementsAre(std::string("/") + field));
  }
}

TEST_F(SendingOverRest, WantsAnAttachmentForMms) {
  auto body = mms();
  for (const auto& none : std::vector<json>{json::array(), nullptr}) {
    body["attachments"] = none;
    EXPECT_THAT(pointers_of(send_sms(body)), ElementsAre("/attachments"));
  }
}

TEST_F(SendingOverRest, CountsItsAttachments) {
  auto body = mms();
  body["attachments"] = std::vector<std::string>(9, "https://example.com/x");
  EXPECT_THAT(pointers_of(send_sms(body)), ElementsAre("/attachments"));
}

TEST_F(SendingOverRest, RefusesWhatIsNoJson) {
  for (const char* body : {"", " ", "{", "nonsense", "{\"from\":}", "{\"a\":1}x", "{'a':1}", "{\"a\":1,}", "[1,2"}) {
    const auto answer = post_raw("/api/messages/sms", body);
    expect_problem(answer, 400, "invalid_json");
    EXPECT_THAT(pointers_of(answer), ElementsAre("")) << body;
  }
  EXPECT_EQ(metrics_.refused_invalid.value(), 9U);
}

TEST_F(SendingOverRest, RefusesADocumentThatIsNoObject) {
  for (const char* body : {"[]", "1", "\"x\"", "null", "true", "[{\"from\":\"x\"}]"}) {
    const auto answer = post_raw("/api/messages/sms", body);
    expect_problem(answer, 400, "validation_failed");
    EXPECT_THAT(pointers_of(answer), ::testing::Contains("")) << body;
  }
}

TEST_F(SendingOverRest, IsRefusedOverTheBodyBound) {
  const auto answer = post_raw("/api/messages/sms", std::string(262'145, ' '));
  expect_problem(answer, 413, "body_too_large");
  EXPECT_EQ(parsed(answer).at("detail"), "The body has 262145 bytes; this host takes at most 262144.");
  EXPECT_EQ(post_raw("/api/messages/sms", sms().dump() + std::string(262'144 - sms().dump().size(), ' ')).status, 202);
}

TEST_F(SendingOverRest, IsRefusedWithoutAProvider) {
  routes_.email.reset();
  const auto answer = send_email(email());
  expect_problem(answer, 500, "provider_missing");
  EXPECT_NE(parsed(answer).at("detail").get<std::string>().find("the channel email"), std::string::npos);
  EXPECT_EQ(header(answer, "Retry-After"), "");
  EXPECT_EQ(metrics_.invalid_routing.value(), 1U);
  EXPECT_EQ(log_.of("intake.provider_missing").size(), 1U);
  EXPECT_TRUE(store_.accepted().empty());
}

TEST_F(SendingOverRest, IsToldToComeBackWhenTheQueueIsFull) {
  store_.refuse_with(base::ErrorCode::kExhausted);
  const auto answer = send_sms(sms());
  expect_problem(answer, 503, "queue_full");
  EXPECT_NE(header(answer, "Retry-After"), "");
}

TEST_F(SendingOverRest, IsToldToComeBackWhileMoreComesInThanTheDiskTakes) {
  fill_the_queue();
  const auto answer = post_raw("/api/messages/sms", "not even looked at");
  expect_problem(answer, 503, "queue_full");
  EXPECT_NE(header(answer, "Retry-After"), "");
  EXPECT_EQ(metrics_.queue_full.value(), 1U);
  EXPECT_EQ(send_sms(sms()).status, 202) << "what waited has been stored";
}

TEST_F(SendingOverRest, IsToldToComeBackWhenTheDiskRefuses) {
  store_.refuse_with(base::ErrorCode::kUnavailable);
  const auto answer = send_sms(sms());
  expect_problem(answer, 503, "store_unavailable");
  EXPECT_NE(header(answer, "Retry-After"), "");
}

TEST_F(SendingOverRest, IsToldToComeBackWhileTheHostStarts) {
  readiness_.now = {api::NotReady::kStarting};
  const auto answer = send_sms(sms());
  expect_problem(answer, 503, "starting");
  EXPECT_NE(header(answer, "Retry-After"), "");
  EXPECT_TRUE(store_.accepted().empty());
}

TEST_F(SendingOverRest, IsToldToComeBackWhenTheHostDrains) {
  readiness_.now = {api::NotReady::kDraining};
  const auto answer = send_sms(sms());
  expect_problem(answer, 503, "draining");
  EXPECT_NE(header(answer, "Retry-After"), "");
  EXPECT_TRUE(store_.accepted().empty());
}

TEST_F(SendingOverRest, NeverShowsTheStoresOwnWords) {
  for (const auto code : {base::ErrorCode::kUnavailable, base::ErrorCode::kExhausted, base::ErrorCode::kCorrupt,
                          base::ErrorCode::kInternal}) {
    store_.refuse_with(code);
    const auto answer = send_sms(sms());
    EXPECT_GE(answer.status, 500);
    EXPECT_EQ(answer.body.find("SECRET"), std::string::npos);
    EXPECT_EQ(answer.body.find("/var"), std::string::npos);
  }
}

TEST_F(SendingOverRest, AcceptsWhileTheHostIsMerelyNotReady) {
  readiness_.now = {api::NotReady::kStoreUnavailable};
  EXPECT_EQ(send_sms(sms()).status, 202);
}

}  // namespace
}  // namespace herald::test
