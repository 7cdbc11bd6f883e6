// Specification 006, story 2: a carrier brings a message, and it is kept as it came.
#include "integration/running_host.h"

namespace herald::test {
namespace {

class Inbound : public RunningHost {
 protected:
  static constexpr const char* kSms = "/api/webhooks/sms";
  static constexpr const char* kEmail = "/api/webhooks/email";
  static constexpr const char* kMock = "/api/provider/mock/inbound";

  static nlohmann::json sms_event(const std::string& id = "m-1") {
    return {{"from", "+12025550142"},
            {"to", "+12025550123"},
            {"type", "sms"},
            {"messaging_provider_id", id},
            {"body", "Thank you"},
            {"attachments", nullptr},
            {"timestamp", "2026-01-01T12:05:00Z"}};
  }
  static nlohmann::json email_event(const std::string& id = "x-1") {
    return {{"from", "jo@example.org"},
            {"to", "shop@example.com"},
            {"xillio_id", id},
            {"body", "<html><p>Thank you</p></html>"},
            {"attachments", nlohmann::json::array()},
            {"timestamp", "2026-01-01T12:05:00Z"}};
  }
  static nlohmann::json mock_event(const std::string& channel = "sms") {
    return {{"channel", channel}, {"from", "+12025550142"}, {"to", "+12025550123"}, {"body", "Thank you"}};
  }

  nlohmann::json brought(const std::string& path, const nlohmann::json& event) { return message(send(path, event)); }
  std::size_t stored() { return get("/api/messages?limit=200").json()["items"].size(); }
};

TEST_F(Inbound, StoresAMessageThatTheMockBrings) {
  start();
  auto event = mock_event("mms");
  event["type"] = "mms";
  event["attachments"] = {"https://example.com/a.png", "https://example.com/b.png"};
  const auto kept = brought(kMock, event);
  EXPECT_EQ(kept["direction"], "inbound");
  EXPECT_EQ(kept["status"], "received");
  EXPECT_EQ(kept["channel"], "mms");
  EXPECT_EQ(kept["attachments"], event["attachments"]);
  EXPECT_TRUE(kept["attempts"].empty());
}

TEST_F(Inbound, StoresWhatTheWebhooksBring) {
  start();
  for (const auto& [path, event] : {std::pair{kSms, sms_event()}, std::pair{kEmail, email_event()}}) {
    const auto kept = brought(path, event);
    EXPECT_EQ(kept["status"], "received") << path;
    for (const char* field : {"from", "to", "body"})
      EXPECT_EQ(kept[field], event[field]) << path;
    EXPECT_EQ(kept["timestamp"], "2026-01-01T12:05:00.000Z") << path;
  }
}

TEST_F(Inbound, RefusesAMalformedEventOnceAndStoresNothing) {
  start();
  auto event = sms_event();
  event.erase("to");
  event["type"] = "fax";
  const auto answer = post(kSms, event);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.json()["errors"].size(), 2U) << answer.body;
  const auto lines = lines_when("inbound.refused", 1);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["level"], "error");
  EXPECT_NE(get("/metrics").body.find("herald_inbound_refused_total 1"), std::string::npos);
  EXPECT_EQ(stored(), 0U);
  EXPECT_EQ(post(kSms, sms_event()).status, 202) << "a refused event was remembered";
}

TEST_F(Inbound, RefusesABodyThatIsNoJson) {
  start();
  EXPECT_EQ(client().request("POST", host().url(kEmail), "{", {"Content-Type: application/json"}).status, 400);
  EXPECT_EQ(lines_when("inbound.refused", 1).size(), 1U);
  EXPECT_EQ(stored(), 0U);
}

TEST_F(Inbound, TellsOfEachRefusalWithExactlyOneLineOfAnError) {
  start();
  std::size_t refused = 0;
  for (const char* path : {kMock, kSms, kEmail}) {
    EXPECT_EQ(post(path, {{"from", "+12025550142"}, {"body", 7}}, {"X-Request-Id: event-" + std::to_string(++refused)})
                  .status,
              400)
        << path;
  }
  ASSERT_EQ(host().terminate().code, 0);
  std::vector<std::string> told;
  for (const auto& line : host().log()) {
    if (line["level"] == "error") told.push_back(line.value("request_id", line.dump()));
  }
  EXPECT_EQ(told, (std::vector<std::string>{"event-1", "event-2", "event-3"}));
  start();
  EXPECT_EQ(stored(), 0U);
}

TEST_F(Inbound, NamesTheRequestInTheLineOfARefusal) {
  start();
  post(kMock, {{"channel", "sms"}}, {"X-Request-Id: event-17"});
  EXPECT_EQ(lines_when("inbound.refused", 1).at(0)["request_id"], "event-17");
}

TEST_F(Inbound, TakesTheSameEventTwiceForOneMessage) {
  start();
  const auto first = send(kSms, sms_event("m-1"));
  EXPECT_EQ(send(kSms, sms_event("m-1")), first);
  host().kill();
  start();
  EXPECT_EQ(send(kSms, sms_event("m-1")), first);
  EXPECT_NE(send(kSms, sms_event("m-2")), first);
  EXPECT_EQ(stored(), 2U);
}

TEST_F(Inbound, TakesTheSameEmailTwiceForOneMessage) {
  start();
  EXPECT_EQ(send(kEmail, email_event("x-1")), send(kEmail, email_event("x-1")));
  EXPECT_EQ(stored(), 1U);
}

TEST_F(Inbound, TellsTheSameIdOfTwoSourcesApart) {
  start();
  EXPECT_NE(send(kSms, sms_event("same")), send(kEmail, email_event("same")));
  EXPECT_EQ(stored(), 2U);
}

TEST_F(Inbound, TakesTwoEventsWithoutAnIdForTwoMessages) {
  start();
  EXPECT_NE(send(kMock, mock_event()), send(kMock, mock_event()));
}

TEST_F(Inbound, HonoursAnIdempotencyKey) {
  start();
  const auto first = post(kMock, mock_event(), {"Idempotency-Key: k"});
  const auto second = post(kMock, mock_event(), {"Idempotency-Key: k"});
  EXPECT_EQ(second.json(), first.json());
  EXPECT_EQ(second.headers.count("idempotency-replayed"), 1U);
  auto other = mock_event();
  other["body"] = "Something else";
  EXPECT_EQ(post(kMock, other, {"Idempotency-Key: k"}).status, 422);
  EXPECT_EQ(stored(), 1U);
}

TEST_F(Inbound, FallsBackToTheTimeOfReceipt) {
  start();
  for (const nlohmann::json& odd : {nlohmann::json("yesterday"), nlohmann::json(""), nlohmann::json(nullptr),
                                    nlohmann::json("2026-13-45T99:00:00Z")}) {
    auto event = mock_event();
    event["timestamp"] = odd;
    const auto kept = brought(kMock, event);
    EXPECT_EQ(kept["timestamp"], kept["accepted_at"]) << odd;
  }
}

TEST_F(Inbound, KeepsHtmlByteForByte) {
  start();
  auto event = email_event();
  event["body"] =
      "<!doctype html>\r\n<p style=\"x\">\xC3\xA9\xF0\x9F\x93\xA8 &amp; &nbsp;</p>\n\t<script>if (a<b) {}</script>";
  EXPECT_EQ(brought(kEmail, event)["body"], event["body"]);
  EXPECT_EQ(brought(kMock, {{"channel", "email"},
                            {"from", "jo@example.org"},
                            {"to", "shop@example.com"},
                            {"body", event["body"]}})["body"],
            event["body"]);
}

TEST_F(Inbound, KeepsAddressesAsTheyWereWritten) {
  start();
  auto event = sms_event();
  event["from"] = "(202) 555-0142";
  event["to"] = "+1 202.555.0123";
  const auto kept = brought(kSms, event);
  EXPECT_EQ(kept["from"], "(202) 555-0142");
  EXPECT_EQ(kept["to"], "+1 202.555.0123");
}

TEST_F(Inbound, IsHeldToNoRateLimit) {
  start({{"API_RATE_LIMIT_PER_IP_PER_MIN", "1"}, {"API_RATE_LIMIT_PER_SENDER_PER_MIN", "1"}});
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(post(kSms, sms_event("m-" + std::to_string(i))).status, 202);
}

TEST_F(Inbound, KeepsItsMessagesOverAKill) {
  start();
  const auto id = send(kEmail, email_event());
  host().kill();
  start();
  EXPECT_EQ(message(id)["body"], email_event()["body"]);
  EXPECT_EQ(message(id)["status"], "received");
}

}  // namespace
}  // namespace herald::test
