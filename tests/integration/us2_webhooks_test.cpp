// Specification 006, story 2, by the carriers' own webhooks: what plugins emit, and what becomes of messages sent.
#include "integration/running_host.h"

namespace herald::test {
namespace {

class PluginWebhooks : public RunningHost {
 protected:
  static constexpr const char* kSms = "/api/providers/sms-mms/webhook";
  static constexpr const char* kEmail = "/api/providers/email/webhook";

  HttpAnswer post_form(const std::string& form) {
    return client().request("POST", host().url(kSms), form, {"Content-Type: application/x-www-form-urlencoded"});
  }
  // What the carrier of the SMS says of a message; the answer's status.
  int receipt(const std::string& provider_message_id, const std::string& status) {
    return post_form("MessageSid=" + provider_message_id + "&MessageStatus=" + status).status;
  }
  nlohmann::json received() { return get("/api/messages?direction=inbound").json()["items"]; }
  std::string sent_by_provider_as(const nlohmann::json& message) { return message.value("provider_message_id", ""); }

  void delay_outcomes(int latency_ms) {
    const auto answer =
        client().request("PUT", host().url("/api/providers/sms-mms/config"),
                         nlohmann::json{{"latency_ms", latency_ms}}.dump(), {"Content-Type: application/json"});
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
};

TEST_F(PluginWebhooks, BringMessages) {
  start();
  EXPECT_EQ(post_form("MessageSid=SM1&From=%2B12025550142&To=%2B12025550123&Body=Thank+you").status, 204);
  const nlohmann::json event{{"event", "inbound"},       {"message_id", "a@carrier"},
                             {"from", "jo@example.org"}, {"to", "shop@example.com"},
                             {"subject", "Re: Order"},   {"body", "<p>\r\nThank you \xF0\x9F\x93\xA8 &nbsp;</p>"}};
  const auto answer = post(kEmail, nlohmann::json::array({event}));
  EXPECT_EQ(answer.status, 200) << answer.body;
  const auto items = received();
  ASSERT_EQ(items.size(), 2U) << items.dump(2);
  const auto email = message(items[0]["id"]);
  EXPECT_EQ(email["channel"], "email");
  EXPECT_EQ(email["status"], "received");
  EXPECT_EQ(email["body"], event["body"]);
  EXPECT_EQ(email["subject"], "Re: Order");
  const auto sms = message(items[1]["id"]);
  EXPECT_EQ(sms["channel"], "sms");
  EXPECT_EQ(sms["from"], "+12025550142");
  EXPECT_EQ(sms["body"], "Thank you");
}

TEST_F(PluginWebhooks, BringTheSameMessageOnce) {
  start();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(post_form("MessageSid=SM1&From=%2B12025550142&To=%2B12025550123&Body=Thank+you").status, 204);
  host().kill();
  start();
  EXPECT_EQ(post_form("MessageSid=SM1&From=%2B12025550142&To=%2B12025550123&Body=Thank+you").status, 204);
  EXPECT_EQ(received().size(), 1U);
}

TEST_F(PluginWebhooks, BringNothingThatIsMalformed) {
  start();
  EXPECT_EQ(post_form("MessageSid=SM1&From=%2B12025550142&Body=Thank+you").status, 400);
  EXPECT_EQ(post(kEmail, nlohmann::json::array({{{"event", "inbound"}}})).status, 400);
  EXPECT_TRUE(received().empty());
}

TEST_F(PluginWebhooks, TellThatAMessageWasDeliveredOrNot) {
  start();
  const auto delivered = message_when(send_sms(), "dispatched");
  const auto lost = message_when(send_sms(), "dispatched");
  const auto bounced = message_when(send_email(), "dispatched");
  EXPECT_EQ(receipt(sent_by_provider_as(delivered), "delivered"), 204);
  EXPECT_EQ(receipt(sent_by_provider_as(lost), "undelivered"), 204);
  EXPECT_EQ(post(kEmail, {{"event", "bounced"}, {"message_id", sent_by_provider_as(bounced)}}).status, 200);
  EXPECT_EQ(message(delivered["id"])["status"], "delivered") << "the answer goes out after the commit";
  EXPECT_EQ(message(lost["id"])["status"], "failed");
  EXPECT_EQ(message(bounced["id"])["status"], "failed");
}

TEST_F(PluginWebhooks, MayTellOfAMessageBeforeItsProviderAnswered) {
  start();
  // The mock's id of a message is known beforehand: another one's tells its form.
  const auto known = message_when(send_sms(), "dispatched");
  auto early = sent_by_provider_as(known);
  const auto place = early.find(known["id"].get<std::string>());
  ASSERT_NE(place, std::string::npos) << early;

  delay_outcomes(3'000);
  const auto id = send_sms();
  early.replace(place, id.size(), id);
  message_when(id, "dispatching");
  EXPECT_EQ(receipt(early, "delivered"), 204);
  EXPECT_EQ(message(id)["status"], "dispatching") << "the receipt was not early";
  EXPECT_EQ(message_when(id, "delivered")["provider_message_id"], early);
}

TEST_F(PluginWebhooks, MayTellTwiceAndLate) {
  start();
  const auto dispatched = message_when(send_sms(), "dispatched");
  const std::string id = dispatched["id"];
  host().kill();
  start();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(receipt(sent_by_provider_as(dispatched), "delivered"), 204);
    EXPECT_EQ(message(id)["status"], "delivered");
  }
  EXPECT_EQ(receipt(sent_by_provider_as(dispatched), "sent"), 204);
  EXPECT_EQ(message(id)["status"], "delivered") << "a step on the way does not undo the end of it";
  EXPECT_EQ(receipt("mock-nobody", "delivered"), 204);
  const auto text = get("/metrics").body;
  EXPECT_NE(text.find("herald_receipts_applied_total 1\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace herald::test
