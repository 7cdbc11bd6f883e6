// Specification 006, story 4: what was said between two addresses, whoever began and however they were written.
#include <set>

#include "integration/running_host.h"

namespace herald::test {
namespace {

class Conversations : public RunningHost {
 protected:
  static constexpr const char* kMock = "/api/provider/mock/inbound";

  static nlohmann::json at(nlohmann::json message, const std::string& time) {
    message["timestamp"] = time;
    return message;
  }
  static nlohmann::json between(const std::string& from, const std::string& to) {
    return {{"from", from}, {"to", to}, {"type", "sms"}, {"body", "Hello"}};
  }
  static nlohmann::json reply(const std::string& from = "+12025550142", const std::string& to = "+12025550123") {
    return {{"channel", "sms"}, {"from", from}, {"to", to}, {"type", "sms"}, {"body", "Thank you"}};
  }

  nlohmann::json listed(const std::string& query = "") { return get("/api/conversations" + query).json(); }
  std::vector<std::string> messages_of(int conversation) {
    std::vector<std::string> ids;
    const auto page = get("/api/conversations/" + std::to_string(conversation) + "/messages").json();
    for (const auto& item : page["items"])
      ids.push_back(item["id"]);
    return ids;
  }
  // `count` conversations with a message each, the first the oldest.
  void talk_with(int count) {
    for (int i = 0; i < count; ++i) {
      const auto number = std::to_string(2025550000 + i);
      send("/api/messages/sms", between("+12125550100", "+1" + number));
    }
  }
};

TEST_F(Conversations, JoinAMessageAndItsReply) {
  start({{"API_DISPATCH", "off"}});
  const auto sent = send_sms();
  const auto received = send(kMock, reply());
  const auto page = listed();
  ASSERT_EQ(page["meta"]["total"], 1) << page;
  const auto& conversation = page["items"][0];
  EXPECT_EQ(conversation["id"], 1);
  EXPECT_EQ(conversation["key"], "sms:+12025550123<->+12025550142");
  EXPECT_EQ(conversation["participant_a"], "+12025550123");
  EXPECT_EQ(conversation["participant_b"], "+12025550142");
  EXPECT_EQ(conversation["message_count"], 2);
  EXPECT_EQ(get("/api/conversations/1").json(), conversation);
  EXPECT_EQ(messages_of(1), (std::vector{sent, received}));
}

TEST_F(Conversations, TellTheirMessagesInTheOrderOfTimestamps) {
  start({{"API_DISPATCH", "off"}});
  const auto third = send("/api/messages/sms", at(sms(), "2026-01-01T12:00:03Z"));
  const auto first = send(kMock, at(reply(), "2026-01-01T12:00:01Z"));
  const auto second = send("/api/messages/sms", at(sms(), "2026-01-01T14:00:02+02:00"));
  EXPECT_EQ(messages_of(1), (std::vector{first, second, third}));
  EXPECT_EQ(listed()["items"][0]["last_activity_at"], "2026-01-01T12:00:03.000Z");
}

TEST_F(Conversations, IgnoreHowAddressesAreWritten) {
  start({{"API_DISPATCH", "off"}});
  send_sms();
  for (const char* from :
       {"(202) 555-0142", "202-555-0142", "1 202 555 0142", "+1.202.555.0142", " +1 (202) 555-0142 "})
    send(kMock, reply(from, "+1 202-555-0123"));
  send_email();
  for (const char* from : {"JO@EXAMPLE.ORG", "jo+orders@example.org", "Jo+a+b@Example.Org"})
    send(kMock, {{"channel", "email"}, {"from", from}, {"to", "Shop@Example.com"}, {"body", "Hi"}});
  const auto page = listed();
  ASSERT_EQ(page["meta"]["total"], 2) << page.dump(2);
  EXPECT_EQ(page["items"][0]["message_count"], 4);
  EXPECT_EQ(page["items"][1]["message_count"], 6);
}

TEST_F(Conversations, KeepChannelsApart) {
  start({{"API_DISPATCH", "off"}});
  send("/api/messages/sms", sms());
  send("/api/messages/sms", mms());
  EXPECT_EQ(listed()["meta"]["total"], 2);
}

TEST_F(Conversations, AreListedTheLatestActiveFirst) {
  start({{"API_DISPATCH", "off"}});
  send("/api/messages/sms", at(between("+12125550100", "+12025550001"), "2026-01-01T12:00:00Z"));
  send("/api/messages/sms", at(between("+12125550100", "+12025550002"), "2026-01-01T12:00:01Z"));
  EXPECT_EQ(listed()["items"][0]["id"], 2);
  send(kMock, at(reply("+12025550001", "+12125550100"), "2026-01-01T12:00:02Z"));
  EXPECT_EQ(listed()["items"][0]["id"], 1);
}

TEST_F(Conversations, ArePagedByNumberWithFiftyAtMost) {
  start({{"API_DISPATCH", "off"}});
  talk_with(55);
  for (const char* query : {"", "?pageSize=0", "?pageSize=50", "?pageSize=1000"}) {
    const auto page = listed(query);
    EXPECT_EQ(page["items"].size(), 50U) << query;
    EXPECT_EQ(page["meta"]["page_size"], 50) << query;
    EXPECT_EQ(page["meta"]["total"], 55) << query;
  }
  EXPECT_EQ(listed("?page=2")["items"].size(), 5U);
  EXPECT_EQ(listed("?page=2&pageSize=20")["items"].size(), 20U);
  EXPECT_EQ(listed("?page=9")["items"].size(), 0U);
  EXPECT_EQ(get("/api/conversations?page=0").status, 400);
}

TEST_F(Conversations, ArePagedByCursorEachOnce) {
  start({{"API_DISPATCH", "off"}});
  talk_with(25);
  std::set<int> seen;
  std::size_t items = 0;
  nlohmann::json page = listed("?pageSize=10");
  while (true) {
    for (const auto& item : page["items"])
      seen.insert(item["id"].get<int>());
    items += page["items"].size();
    const auto next = page["meta"]["next_cursor"];
    if (next.is_null() || items > 100) break;
    // What arrives meanwhile neither repeats nor hides what stood still.
    send("/api/messages/sms", between("+12125550100", "+1303555" + std::to_string(1000 + items)));
    page = listed("?pageSize=10&cursor=" + next.get<std::string>());
  }
  EXPECT_EQ(items, 25U);
  EXPECT_EQ(seen.size(), 25U);
}

TEST_F(Conversations, PageTheirMessagesToo) {
  start({{"API_DISPATCH", "off"}});
  std::vector<std::string> ids;
  for (int i = 0; i < 12; ++i)
    ids.push_back(send("/api/messages/sms", at(sms(), "2026-01-01T12:00:" + std::to_string(10 + i) + "Z")));
  std::vector<std::string> found;
  std::string query = "?pageSize=5";
  for (int pages = 0; pages < 10 && !query.empty(); ++pages) {
    const auto page = get("/api/conversations/1/messages" + query).json();
    for (const auto& item : page["items"])
      found.push_back(item["id"]);
    const auto next = page["meta"]["next_cursor"];
    query = next.is_null() ? "" : "?pageSize=5&cursor=" + next.get<std::string>();
  }
  EXPECT_EQ(found, ids);
}

TEST_F(Conversations, PageTheirMessagesByNumber) {
  start({{"API_DISPATCH", "off"}});
  std::vector<std::string> ids;
  for (int i = 0; i < 12; ++i)
    ids.push_back(send("/api/messages/sms", at(sms(), "2026-01-01T12:00:" + std::to_string(10 + i) + "Z")));
  std::vector<std::string> found;
  for (int number = 1; number <= 4; ++number) {
    const auto page = get("/api/conversations/1/messages?pageSize=5&page=" + std::to_string(number)).json();
    EXPECT_EQ(page["meta"]["page"], number);
    EXPECT_EQ(page["meta"]["page_size"], 5);
    EXPECT_EQ(page["meta"]["total"], 12);
    for (const auto& item : page["items"])
      found.push_back(item["id"]);
  }
  EXPECT_EQ(found, ids);
  EXPECT_EQ(get("/api/conversations/1/messages?pageSize=0").json()["meta"]["page_size"], 50);
  EXPECT_EQ(get("/api/conversations/1/messages?pageSize=51").json()["meta"]["page_size"], 50);
}

TEST_F(Conversations, HaveTheFieldsOfTheContractAndNoOthers) {
  start({{"API_DISPATCH", "off"}});
  send("/api/messages/sms", mms());
  const auto fields_of = [](const nlohmann::json& object) {
    std::set<std::string> names;
    for (const auto& field : object.items())
      names.insert(field.key());
    return names;
  };
  EXPECT_EQ(fields_of(get("/api/conversations/1").json()),
            (std::set<std::string>{"id", "key", "channel", "participant_a", "participant_b", "message_count",
                                   "last_activity_at"}));
  const auto page = get("/api/conversations/1/messages").json();
  const auto& item = page["items"][0];
  EXPECT_EQ(fields_of(item), (std::set<std::string>{"id", "direction", "channel", "type", "from", "to", "body",
                                                    "snippet", "attachments", "timestamp", "status", "provider_name"}));
  EXPECT_EQ(item["direction"], "outbound");
  EXPECT_EQ(item["type"], "mms");
  EXPECT_EQ(item["attachments"], mms()["attachments"]);
}

TEST_F(Conversations, ShowAMessageAsSoonAsItIsAcknowledged) {
  start({{"API_DISPATCH", "off"}});
  for (int i = 1; i <= 30; ++i) {
    send_sms();
    EXPECT_EQ(get("/api/conversations/1").json()["message_count"], i);
  }
}

TEST_F(Conversations, ShowTheirMessagesInShort) {
  start();
  auto longer = sms("  A first line\nand a second, which goes on " + std::string(300, 'x'));
  message_when(send("/api/messages/sms", longer), "dispatched");
  const auto page = get("/api/conversations/1/messages").json();
  const auto& item = page["items"][0];
  EXPECT_EQ(item["body"], longer["body"]);
  EXPECT_EQ(item["snippet"].get<std::string>().rfind("A first line and a second", 0), 0U) << item["snippet"];
  EXPECT_LT(item["snippet"].get<std::string>().size(), 200U);
  EXPECT_EQ(item["provider_name"], "sms-mms");
}

TEST_F(Conversations, AreNotFoundUnderAnotherId) {
  start({{"API_DISPATCH", "off"}});
  send_sms();
  for (const char* id : {"0", "2", "-1", "one", "01x", "99999999999999999999"}) {
    EXPECT_EQ(get(std::string("/api/conversations/") + id).status, 404) << id;
    EXPECT_EQ(get(std::string("/api/conversations/") + id + "/messages").status, 404) << id;
  }
}

TEST_F(Conversations, OutliveAKill) {
  start({{"API_DISPATCH", "off"}});
  send_sms();
  const auto before = listed();
  host().kill();
  start({{"API_DISPATCH", "off"}});
  EXPECT_EQ(listed(), before);
  send(kMock, reply());
  EXPECT_EQ(listed()["items"][0]["message_count"], 2);
  EXPECT_EQ(listed()["meta"]["total"], 1);
}

}  // namespace
}  // namespace herald::test
