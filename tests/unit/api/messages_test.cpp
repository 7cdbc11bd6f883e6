// GET /api/messages/{id}.
#include <string>

#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

class MessageOverRest : public ApiTest {
 protected:
  static constexpr domain::MessageId kId{1'234'567};

  // A message that was refused once and waits for its second attempt.
  domain::MessageRecord& stored() {
    auto& record = reader_.messages_by_id[kId];
    record.id = kId;
    record.content.channel = domain::Channel::kSms;
    record.content.from = "+12025550123";
    record.content.to = "+12025550142";
    record.content.body = "Hello";
    record.content.timestamp = clock_.wall();
    record.provider = "sms-mms";
    record.request_id = "order-4711";
    record.accepted_at = record.updated_at = clock_.wall();
    record.expires_at = clock_.wall() + std::chrono::hours{24};
    record.next_attempt_at = clock_.wall();
    lanes_.lanes["sms-mms"] = {};
    return record;
  }

  json read() { return parsed(get("/api/messages/" + kId.text())); }
};

TEST_F(MessageOverRest, HasEveryMember) {
  auto& record = stored();
  record.next_attempt_at = clock_.wall() + std::chrono::milliseconds{750};
  domain::Attempt attempt;
  attempt.number = 1;
  attempt.provider = "sms-mms";
  attempt.outcome.kind = domain::OutcomeKind::kError;
  attempt.outcome.error_code = "upstream_500";
  attempt.started_at = clock_.wall();
  attempt.latency = std::chrono::milliseconds{12};
  record.attempts.push_back(attempt);
  const json expected = {{"id", kId.text()},
                         {"channel", "sms"},
                         {"type", "sms"},
                         {"direction", "outbound"},
                         {"from", "+12025550123"},
                         {"to", "+12025550142"},
                         {"body", "Hello"},
                         {"attachments", json::array()},
                         {"timestamp", "2026-01-01T00:00:00.000Z"},
                         {"status", "pending"},
                         {"provider_name", "sms-mms"},
                         {"provider_message_id", nullptr},
                         {"request_id", "order-4711"},
                         {"error_code", nullptr},
                         {"segments", nullptr},
                         {"encoding", nullptr},
                         {"accepted_at", "2026-01-01T00:00:00.000Z"},
                         {"expires_at", "2026-01-02T00:00:00.000Z"},
                         {"updated_at", "2026-01-01T00:00:00.000Z"},
                         {"attempts", json::array({{{"number", 1},
                                                    {"provider_name", "sms-mms"},
                                                    {"outcome", "error"},
                                                    {"error_code", "upstream_500"},
                                                    {"provider_message_id", nullptr},
                                                    {"latency_ms", 12},
                                                    {"started_at", "2026-01-01T00:00:00.000Z"}}})},
                         {"waiting_for", "retry"},
                         {"next_attempt_at", "2026-01-01T00:00:00.750Z"}};
  EXPECT_EQ(read(), expected);
}

TEST_F(MessageOverRest, ShowsWhatCameOfIt) {
  auto& record = stored();
  record.status = domain::Status::kDispatched;
  record.provider_message_id = "SM1";
  record.segments = 2;
  record.encoding = "GSM-7";
  const auto body = read();
  EXPECT_EQ(body.at("status"), "dispatched");
  EXPECT_EQ(body.at("provider_message_id"), "SM1");
  EXPECT_EQ(body.at("segments"), 2);
  EXPECT_EQ(body.at("encoding"), "GSM-7");
  EXPECT_TRUE(body.at("waiting_for").is_null());
  EXPECT_TRUE(body.at("next_attempt_at").is_null());
}

TEST_F(MessageOverRest, TellsWhyItWaits) {
  stored();
  EXPECT_TRUE(read().at("waiting_for").is_null());
  lanes_.lanes["sms-mms"].breaker = domain::BreakerState::kOpen;
  EXPECT_EQ(read().at("waiting_for"), "breaker");
  lanes_.lanes.clear();
  EXPECT_EQ(read().at("waiting_for"), "provider");
}

TEST_F(MessageOverRest, HasASubjectWhenItIsAnEmail) {
  auto& record = stored();
  record.content.channel = domain::Channel::kEmail;
  EXPECT_TRUE(read().at("subject").is_null());
  record.content.subject = "Order";
  EXPECT_EQ(read().at("subject"), "Order");
  EXPECT_EQ(read().at("type"), "email");
}

TEST_F(MessageOverRest, KeepsTheBodyByteForByte) {
  auto& record = stored();
  for (const std::string& text : {std::string("line one\r\nline two\t\xF0\x9F\x93\xA8"), std::string("a\0b", 3),
                                  std::string("<p>\"quoted\" \\ \xE2\x80\xA8</p>"), std::string("  blank around  ")}) {
    record.content.body = text;
    EXPECT_EQ(read().at("body").get<std::string>(), text);
  }
}

TEST_F(MessageOverRest, SurvivesAProviderThatWritesNoUtf8) {
  stored().provider_message_id = "id-\xff";
  EXPECT_TRUE(read().is_object());
}

TEST_F(MessageOverRest, IsKeptByNoCache) {
  stored();
  EXPECT_EQ(header(get("/api/messages/" + kId.text()), "Cache-Control"), "no-store");
}

TEST_F(MessageOverRest, AnswersHeadAsGet) {
  stored();
  EXPECT_EQ(ask(http::Method::kHead, "/api/messages/" + kId.text()).status, 200);
}

TEST_F(MessageOverRest, IsNotFoundUnderAnIdThatIsNone) {
  stored();
  for (const std::string& id :
       {std::string("0"), std::string("x"), kId.text() + "0", std::string("ZZZZZZZZZZZZZ"), std::string("-1"),
        std::string("000000000000%20"), std::string("0000000000000"), std::string(4000, '0')}) {
    expect_problem(get("/api/messages/" + id), 404, "message_not_found");
  }
}

TEST_F(MessageOverRest, IsUnavailableWhenTheStoreCannotRead) {
  reader_.error = base::Error{base::ErrorCode::kUnavailable, "SECRET /var/lib/herald/db is locked"};
  const auto answer = get("/api/messages/" + kId.text());
  expect_problem(answer, 503, "store_unavailable");
  EXPECT_EQ(answer.body.find("SECRET"), std::string::npos);
  EXPECT_EQ(log_.of("api.read_failed").at(0).fields.at("request_id"), kRequestId);
}

TEST_F(MessageOverRest, ShowsNothingOfADamagedStore) {
  reader_.error = base::Error{base::ErrorCode::kCorrupt, "SECRET"};
  const auto answer = get("/api/messages/" + kId.text());
  expect_problem(answer, 500, "internal_error");
  EXPECT_EQ(answer.body.find("SECRET"), std::string::npos);
}

}  // namespace
}  // namespace herald::test
