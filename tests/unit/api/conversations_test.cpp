// GET /api/conversations, /api/conversations/{id} and /api/conversations/{id}/messages.
#include <gmock/gmock.h>

#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

using ::testing::ElementsAre;

class ConversationsOverRest : public ApiTest {
 protected:
  void SetUp() override {
    domain::Conversation conversation;
    conversation.id = 7;
    conversation.key = "sms:+12025550123<->+12025550142";
    conversation.channel = domain::Channel::kSms;
    conversation.participant_a = "+12025550123";
    conversation.participant_b = "+12025550142";
    conversation.message_count = 2;
    conversation.last_activity_at = clock_.wall();
    reader_.conversation_page.items = {conversation};
    reader_.conversation_page.total = 71;

    domain::MessageRecord message;
    message.id = domain::MessageId{1'234'567};
    message.direction = domain::Direction::kInbound;
    message.content.channel = domain::Channel::kMms;
    message.content.from = "+12025550142";
    message.content.to = "+12025550123";
    message.content.body = "  Look\n at " + std::string(200, 'x');
    message.content.attachments = {"https://example.com/cat.png"};
    message.content.timestamp = clock_.wall();
    message.status = domain::Status::kReceived;
    reader_.conversation_message_page.items = {message};
    reader_.conversation_message_page.total = 1;
  }

  json meta_of(const std::string& target) {
    const auto answer = get(target);
    EXPECT_EQ(answer.status, 200) << target << answer.body;
    return parsed(answer).value("meta", json::object());
  }
  std::uint64_t skipped() const { return reader_.asked_start.value_or(store::PageStart{{}, 99}).skip; }

  std::vector<std::string> faults_of(const std::string& target) {
    reader_.asked_start.reset();
    const auto answer = get(target);
    expect_problem(answer, 400, "invalid_parameter");
    EXPECT_FALSE(reader_.asked_start) << target;
    return pointers_of(answer);
  }

  static json without_snippet(json item) {
    item.erase("snippet");
    return item;
  }
};

TEST_F(ConversationsOverRest, HaveEveryMember) {
  const json expected = {{"id", 7},
                         {"key", "sms:+12025550123<->+12025550142"},
                         {"channel", "sms"},
                         {"participant_a", "+12025550123"},
                         {"participant_b", "+12025550142"},
                         {"message_count", 2},
                         {"last_activity_at", "2026-01-01T00:00:00.000Z"}};
  const auto one = get("/api/conversations/7");
  EXPECT_EQ(parsed(one), expected);
  EXPECT_EQ(header(one, "Cache-Control"), "no-store");
  EXPECT_EQ(parsed(get("/api/conversations")).at("items"), json::array({expected}));
}

TEST_F(ConversationsOverRest, HaveMessagesWithEveryMember) {
  const auto item = parsed(get("/api/conversations/7/messages")).at("items").at(0);
  const json expected = {{"id", domain::MessageId{1'234'567}.text()},
                         {"direction", "inbound"},
                         {"channel", "mms"},
                         {"type", "mms"},
                         {"from", "+12025550142"},
                         {"to", "+12025550123"},
                         {"body", "  Look\n at " + std::string(200, 'x')},
                         {"attachments", {"https://example.com/cat.png"}},
                         {"timestamp", "2026-01-01T00:00:00.000Z"},
                         {"status", "received"},
                         {"provider_name", nullptr}};
  EXPECT_EQ(without_snippet(item), expected);
  EXPECT_EQ(item.at("snippet"), "Look at " + std::string(92, 'x'));
  EXPECT_EQ(reader_.asked_conversation, 7);
}

TEST_F(ConversationsOverRest, StandOnPagesOfFifty) {
  EXPECT_EQ(meta_of("/api/conversations"),
            json({{"page", 1}, {"page_size", 50}, {"total", 71}, {"next_cursor", nullptr}}));
  EXPECT_EQ(reader_.asked_limit, 50U);
  EXPECT_EQ(skipped(), 0U);
}

TEST_F(ConversationsOverRest, TakeAnySizeOfPageAndCutItToFifty) {
  for (const char* size :
       {"0", "50", "51", "200", "4294967297", "18446744073709551617", "99999999999999999999999999999999999999999"}) {
    EXPECT_EQ(meta_of(std::string("/api/conversations?pageSize=") + size).at("page_size"), 50) << size;
    EXPECT_EQ(reader_.asked_limit, 50U);
  }
  EXPECT_EQ(meta_of("/api/conversations?pageSize=1").at("page_size"), 1);
  EXPECT_EQ(reader_.asked_limit, 1U);
}

TEST_F(ConversationsOverRest, BeginWhereThePageDoes) {
  EXPECT_EQ(meta_of("/api/conversations?page=3&pageSize=20").at("page"), 3);
  EXPECT_EQ(skipped(), 40U);
  meta_of("/api/conversations/7/messages?page=2");
  EXPECT_EQ(skipped(), 50U);
}

TEST_F(ConversationsOverRest, HaveAPageFarBehindTheEnd) {
  EXPECT_EQ(meta_of("/api/conversations?page=1000000000000").at("page"), 1'000'000'000'000);
  EXPECT_EQ(skipped(), 999'999'999'999U * 50U);
}

TEST_F(ConversationsOverRest, RefuseWhatIsNoPage) {
  for (const char* page : {"0", "-1", "1.5", "one", "%2B1", "1000000000001", "18446744073709551617",
                           "99999999999999999999999999999999999999999"}) {
    EXPECT_THAT(faults_of(std::string("/api/conversations?page=") + page), ElementsAre("/page")) << page;
  }
}

TEST_F(ConversationsOverRest, RefuseEveryBadParameterAtOnce) {
  for (const char* path : {"/api/conversations", "/api/conversations/7/messages"}) {
    EXPECT_THAT(faults_of(std::string(path) + "?page=0&pageSize=-1&cursor=x&page_size=5"),
                ElementsAre("/cursor", "/page", "/pageSize", "/page_size"));
    EXPECT_THAT(faults_of(std::string(path) + "?page=1&page=1"), ElementsAre("/page"));
    EXPECT_THAT(faults_of(std::string(path) + "?pageSize="), ElementsAre("/pageSize"));
  }
}

TEST_F(ConversationsOverRest, GoOnWhereTheCursorLeads) {
  reader_.conversation_page.next = store::Place{clock_.wall(), 7};
  const std::string cursor = meta_of("/api/conversations").at("next_cursor");
  const auto meta = meta_of("/api/conversations?pageSize=10&cursor=" + cursor);
  EXPECT_TRUE(meta.at("page").is_null());
  EXPECT_EQ(meta.at("page_size"), 10);
  ASSERT_TRUE(reader_.asked_start->behind);
  EXPECT_EQ(reader_.asked_start->behind->at, clock_.wall());
  EXPECT_EQ(reader_.asked_start->behind->id, 7);
}

TEST_F(ConversationsOverRest, TakeNoPageBesideACursor) {
  reader_.conversation_page.next = store::Place{clock_.wall(), 7};
  const std::string cursor = meta_of("/api/conversations").at("next_cursor");
  EXPECT_THAT(faults_of("/api/conversations?page=1&cursor=" + cursor), ElementsAre("/page"));
}

TEST_F(ConversationsOverRest, TakeNoCursorOfAnotherList) {
  reader_.conversation_page.next = store::Place{clock_.wall(), 7};
  const std::string cursor = meta_of("/api/conversations").at("next_cursor");
  EXPECT_THAT(faults_of("/api/conversations/7/messages?cursor=" + cursor), ElementsAre("/cursor"));
}

TEST_F(ConversationsOverRest, AreNotFoundUnderAnIdThatIsNone) {
  for (const char* id : {"8", "0", "-7", "07", "+7", "7.0", "7x", "x", "%37%20", "0x7", "9223372036854775808",
                         "18446744073709551623", "99999999999999999999999999999999"}) {
    expect_problem(get(std::string("/api/conversations/") + id), 404, "conversation_not_found");
    expect_problem(get(std::string("/api/conversations/") + id + "/messages"), 404, "conversation_not_found");
  }
  EXPECT_EQ(get("/api/conversations/%37").status, 200);
}

TEST_F(ConversationsOverRest, SurviveACarrierThatWritesNoUtf8) {
  reader_.conversation_message_page.items[0].content.body = "caf\xe9";
  reader_.conversation_page.items[0].participant_a = "\xff";
  EXPECT_TRUE(parsed(get("/api/conversations/7/messages")).is_object());
  EXPECT_TRUE(parsed(get("/api/conversations/7")).is_object());
}

TEST_F(ConversationsOverRest, AreUnavailableWhenTheStoreCannotRead) {
  reader_.error = base::Error{base::ErrorCode::kUnavailable, "SECRET"};
  for (const char* target : {"/api/conversations", "/api/conversations/7", "/api/conversations/7/messages"}) {
    const auto answer = get(target);
    expect_problem(answer, 503, "store_unavailable");
    EXPECT_EQ(answer.body.find("SECRET"), std::string::npos);
  }
}

TEST_F(ConversationsOverRest, AreGivenAsJsonOnly) {
  expect_problem(get("/api/conversations", {{"Accept", "text/html"}}), 406, "not_acceptable");
}

}  // namespace
}  // namespace herald::test
