// A message's way through the real binary: accepted, routed by channel, dispatched, and asked about.
#include "integration/running_host.h"

namespace herald::test {
namespace {

class Sending : public RunningHost {};

TEST_F(Sending, RoutesEachChannelToItsProvider) {
  start();
  const auto by_sms = message_when(send("/api/messages/sms", sms()), "dispatched");
  const auto by_mms = message_when(send("/api/messages/sms", mms()), "dispatched");
  const auto by_email = message_when(send("/api/messages/email", email()), "dispatched");
  EXPECT_EQ(by_sms["provider_name"], "sms-mms");
  EXPECT_EQ(by_mms["provider_name"], "sms-mms");
  EXPECT_EQ(by_email["provider_name"], "email");
  EXPECT_EQ(by_sms["channel"], "sms");
  EXPECT_EQ(by_mms["channel"], "mms");
  EXPECT_EQ(by_email["channel"], "email");
}

TEST_F(Sending, AnswersWithAnIdAndALocationThatWorks) {
  start();
  const auto answer = post("/api/messages/sms", sms());
  ASSERT_EQ(answer.status, 202) << answer.body;
  EXPECT_EQ(answer.json()["status"], "accepted");
  const std::string id = answer.json()["id"];
  EXPECT_EQ(answer.headers.at("location"), "/api/messages/" + id);
  EXPECT_EQ(get(answer.headers.at("location")).json()["id"], id);
}

TEST_F(Sending, ShowsAnAcceptedMessageToTheNextRead) {
  start({{"API_DISPATCH", "off"}});
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(message(send_sms())["status"], "pending");
}

TEST_F(Sending, KeepsTheBodyByteForByte) {
  start();
  for (const std::string& body : {std::string("line one\r\nline two\t\xF0\x9F\x93\xA8"), std::string("a\0b", 3),
                                  std::string("<p>\"quoted\" \\ \xE2\x80\xA8</p>"), std::string("  blank around  ")}) {
    EXPECT_EQ(message(send_sms(body))["body"], body);
  }
}

TEST_F(Sending, TellsTheWholeStoryOfADispatch) {
  start();
  const auto story = message_when(send_sms(std::string(161, 'x')), "dispatched");
  ASSERT_EQ(story["attempts"].size(), 1U) << story.dump(2);
  const auto& attempt = story["attempts"][0];
  EXPECT_EQ(attempt["number"], 1);
  EXPECT_EQ(attempt["outcome"], "success");
  EXPECT_EQ(attempt["provider_name"], "sms-mms");
  EXPECT_EQ(attempt["provider_message_id"], story["provider_message_id"]);
  EXPECT_GE(attempt["latency_ms"].get<int>(), 0);
  EXPECT_TRUE(story["waiting_for"].is_null());
  EXPECT_TRUE(story["next_attempt_at"].is_null());
  EXPECT_EQ(story["segments"], 2);
  EXPECT_EQ(story["encoding"], "GSM-7");
}

TEST_F(Sending, CarriesTheRequestIdIntoTheMessageAndEveryLogLine) {
  start();
  const auto answer = post("/api/messages/sms", sms(), {"X-Request-Id: order-4711"});
  EXPECT_EQ(answer.headers.at("x-request-id"), "order-4711");
  EXPECT_EQ(message_when(answer.json()["id"], "dispatched")["request_id"], "order-4711");
  ASSERT_TRUE(eventually([this] { return !host().log_of("dispatch.settled").empty(); }));
  const auto settled = host().log_of("dispatch.settled").at(0);
  EXPECT_EQ(settled["request_id"], "order-4711");
  EXPECT_EQ(settled["provider_name"], "sms-mms");
  EXPECT_EQ(settled["outcome"], "success");
  EXPECT_EQ(settled["message_id"], answer.json()["id"]);
}

TEST_F(Sending, KeepsBodiesNumbersAndAddressesOutOfTheLog) {
  start({{"API_LOG_LEVEL", "trace"}});
  message_when(send_sms("a very private body"), "dispatched");
  message_when(send_email(), "dispatched");
  ASSERT_EQ(host().terminate().code, 0);
  const auto log = host().raw_log();
  for (const char* secret :
       {"a very private body", "12025550123", "2025550142", "jo@example.org", "shop@example.com", "Thank you"}) {
    EXPECT_EQ(log.find(secret), std::string::npos) << secret;
  }
}

TEST_F(Sending, ListsEveryFaultOfARequestAtOnce) {
  start();
  const auto answer = post("/api/messages/sms", {{"from", 5}, {"to", "nobody"}, {"type", "fax"}, {"body", "  "}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
  EXPECT_GE(answer.json()["errors"].size(), 4U) << answer.body;
}

TEST_F(Sending, CountsWhatItDoes) {
  start();
  message_when(send_sms(), "dispatched");
  message_when(send_email(), "dispatched");
  ASSERT_TRUE(eventually([this] { return metrics()["dispatch_success"] == 2; }));
  const auto counted = metrics();
  EXPECT_EQ(counted["dispatch_attempts"], 2);
  EXPECT_EQ(counted["provider_sms_mms_success"], 1);
  EXPECT_EQ(counted["provider_email_success"], 1);
  EXPECT_EQ(counted["provider_email_error"], 0);
  EXPECT_EQ(counted["breaker_transitions"], 0);
  EXPECT_NE(get("/metrics").body.find("provider=\"sms-mms\""), std::string::npos);
}

TEST_F(Sending, ListsItsProviders) {
  start();
  const auto items = get("/api/providers").json()["items"];
  ASSERT_EQ(items.size(), 2U) << items.dump(2);
  for (const auto& provider : items) {
    EXPECT_EQ(provider["state"], "active");
    EXPECT_EQ(provider["breaker"]["state"], "closed");
  }
}

TEST_F(Sending, AnswersTheProbes) {
  start();
  EXPECT_EQ(get("/healthz").json(), nlohmann::json({{"status", "ok"}}));
  EXPECT_EQ(get("/livez").status, 200);
  EXPECT_EQ(get("/readyz").status, 200);
}

}  // namespace
}  // namespace herald::test
