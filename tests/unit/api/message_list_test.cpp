// GET /api/messages.
#include <gmock/gmock.h>

#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

class MessagesListed : public ApiTest {
 protected:
  http::Response list(const std::string& query = {}) { return get("/api/messages" + query); }

  // What the store is asked for; the list must be answered.
  const store::MessageFilter& filter_of(const std::string& query) {
    reader_.asked_filter.reset();
    EXPECT_EQ(list(query).status, 200) << query;
    if (!reader_.asked_filter) reader_.asked_filter.emplace();
    return *reader_.asked_filter;
  }

  // The parameters that are found wrong.
  std::vector<std::string> faults_of(const std::string& query) {
    reader_.asked_filter.reset();
    const auto answer = list(query);
    expect_problem(answer, 400, "invalid_parameter");
    EXPECT_FALSE(reader_.asked_filter) << query;
    return pointers_of(answer);
  }

  domain::MessageRecord& add(std::int64_t id, domain::Direction direction) {
    auto& record = reader_.message_page.items.emplace_back();
    record.id = domain::MessageId{id};
    record.direction = direction;
    record.content.channel = domain::Channel::kSms;
    record.content.body = "Hello";
    return record;
  }
};

TEST_F(MessagesListed, AreEmptyInAnEmptyStore) {
  const auto answer = list();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(parsed(answer), json({{"items", json::array()}, {"meta", {{"next_cursor", nullptr}}}}));
  EXPECT_EQ(header(answer, "Cache-Control"), "no-store");
}

TEST_F(MessagesListed, StandInTheirOrderWithoutTheirAttempts) {
  add(9, domain::Direction::kOutbound).attempts.emplace_back();
  add(5, domain::Direction::kOutbound);
  const auto items = parsed(list()).at("items");
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].at("id"), domain::MessageId{9}.text());
  EXPECT_EQ(items[1].at("id"), domain::MessageId{5}.text());
  EXPECT_FALSE(items[0].contains("attempts"));
}

TEST_F(MessagesListed, HaveTheMembersOfASingleOne) {
  const auto record = add(9, domain::Direction::kOutbound);
  reader_.messages_by_id[record.id] = record;
  auto single = parsed(get("/api/messages/" + record.id.text()));
  single.erase("attempts");
  EXPECT_EQ(parsed(list()).at("items")[0], single);
}

TEST_F(MessagesListed, TellWhatEachWaitsFor) {
  add(9, domain::Direction::kOutbound).provider = "sms-mms";
  add(8, domain::Direction::kOutbound).provider = "gone";
  auto& sent = add(7, domain::Direction::kOutbound);
  sent.status = domain::Status::kDispatched;
  lanes_.lanes["sms-mms"].breaker = domain::BreakerState::kOpen;
  const auto items = parsed(list()).at("items");
  EXPECT_EQ(items[0].at("waiting_for"), "breaker");
  EXPECT_EQ(items[1].at("waiting_for"), "provider");
  EXPECT_TRUE(items[2].at("waiting_for").is_null());
}

TEST_F(MessagesListed, AreNarrowedByEveryFilter) {
  const auto& filter = filter_of(
      "?status=failed&channel=email&direction=inbound&provider=email&from=Jo%2Bshop@Example.org&to=a@example.com"
      "&error_code=uncertain");
  EXPECT_EQ(filter.status, domain::Status::kFailed);
  EXPECT_EQ(filter.channel, domain::Channel::kEmail);
  EXPECT_EQ(filter.direction, domain::Direction::kInbound);
  EXPECT_EQ(filter.provider, "email");
  EXPECT_THAT(filter.from, Contains("jo@example.org"));
  EXPECT_THAT(filter.to, Contains("a@example.com"));
  EXPECT_EQ(filter.error_code, "uncertain");
}

TEST_F(MessagesListed, HaveAnErrorCodeToBeNarrowedByOnlyWhereTheyFailed) {
  for (const char* query :
       {"?error_code=uncertain", "?status=expired&error_code=uncertain", "?status=failed&error_code="})
    EXPECT_THAT(faults_of(query), ElementsAre("/error_code")) << query;
}

TEST_F(MessagesListed, AreNarrowedByNothingUnlessAsked) {
  const auto& filter = filter_of("");
  EXPECT_FALSE(filter.status || filter.channel || filter.direction || filter.provider || !filter.from.empty() ||
               !filter.to.empty() || filter.error_code);
  EXPECT_EQ(reader_.asked_limit, 50U);
  EXPECT_FALSE(reader_.asked_before);
}

TEST_F(MessagesListed, KnowEveryStatus) {
  for (const char* status :
       {"pending", "dispatching", "dispatched", "delivered", "failed", "expired", "cancelled", "received"}) {
    EXPECT_EQ(domain::to_string(*filter_of(std::string("?status=") + status).status), status);
  }
}

TEST_F(MessagesListed, FindANumberHoweverItIsWritten) {
  for (const char* number : {"%2B12025550142", "+12025550142", "2025550142", "(202)%20555-0142", "(202)+555-0142",
                             "+1+202+555+0142", "%2B1%20202%20555%200142"}) {
    EXPECT_THAT(filter_of(std::string("?to=") + number).to, Contains("+12025550142")) << number;
    EXPECT_THAT(filter_of(std::string("?from=") + number).from, Contains("+12025550142")) << number;
  }
}

TEST_F(MessagesListed, FindAMailboxWithAPlusThatIsNotEncoded) {
  EXPECT_THAT(filter_of("?from=Jo+shop@Example.org").from, Contains("jo@example.org"));
}

TEST_F(MessagesListed, LookForWhatIsNoAddressAsItStands) {
  EXPECT_THAT(filter_of("?from=HERALD").from, Contains("HERALD"));
  EXPECT_THAT(filter_of("?from=My+Shop").from, Contains("My Shop"));
  EXPECT_THAT(filter_of("?to=%40").to, Contains("@"));
  EXPECT_THAT(filter_of("?to=not%20a%20number!").to, Contains("not a number!"));
  EXPECT_THAT(filter_of("?from=%FF%00").from, Contains(std::string("\xff\0", 2)));
  EXPECT_THAT(filter_of("?to=" + std::string(10'000, '1')).to, Contains(std::string(10'000, '1')));
}

TEST_F(MessagesListed, AreAsManyAsAsked) {
  list("?limit=1");
  EXPECT_EQ(reader_.asked_limit, 1U);
  list("?limit=200");
  EXPECT_EQ(reader_.asked_limit, 200U);
}

TEST_F(MessagesListed, GoOnWhereTheCursorLeads) {
  add(9, domain::Direction::kOutbound);
  reader_.message_page.next = domain::MessageId{9};
  const std::string cursor = parsed(list()).at("meta").at("next_cursor");
  EXPECT_EQ(list("?cursor=" + cursor).status, 200);
  EXPECT_EQ(reader_.asked_before, domain::MessageId{9});
}

TEST_F(MessagesListed, RefuseEveryBadParameterAtOnce) {
  EXPECT_THAT(
      faults_of("?status=lost&channel=fax&direction=up&cursor=x&limit=0&from=&to=%zz&provider=a&provider=a&x=1"),
      ElementsAre("/channel", "/cursor", "/direction", "/from", "/limit", "/provider", "/status", "/to", "/x"));
}

TEST_F(MessagesListed, RefuseWhatIsNoLimit) {
  for (const char* limit : {"0", "201", "-1", "%2B5", "five", "5.0", "18446744073709551666", "4294967346"})
    EXPECT_THAT(faults_of(std::string("?limit=") + limit), ElementsAre("/limit")) << limit;
}

TEST_F(MessagesListed, RefuseACursorThatIsNotTheirs) {
  for (const char* cursor : {"0", "m", "c00000000000000050000000000000007", "m0000000000000%00"})
    EXPECT_THAT(faults_of(std::string("?cursor=") + cursor), ElementsAre("/cursor")) << cursor;
}

TEST_F(MessagesListed, AreUnavailableWhenTheStoreCannotRead) {
  reader_.error = base::Error{base::ErrorCode::kUnavailable, "SECRET"};
  const auto answer = list();
  expect_problem(answer, 503, "store_unavailable");
  EXPECT_EQ(answer.body.find("SECRET"), std::string::npos);
}

TEST_F(MessagesListed, ShowWhatCameInWithNullsWhereAFieldDoesNotApply) {
  auto& record = add(9, domain::Direction::kInbound);
  record.status = domain::Status::kReceived;
  record.provider_message_id = "SM1";
  record.accepted_at = record.updated_at = clock_.wall();
  reader_.messages_by_id[record.id] = record;
  const auto body = parsed(get("/api/messages/" + record.id.text()));
  EXPECT_EQ(body.at("direction"), "inbound");
  EXPECT_EQ(body.at("status"), "received");
  EXPECT_EQ(body.at("provider_message_id"), "SM1");
  EXPECT_EQ(body.at("attempts"), json::array());
  EXPECT_EQ(body.at("accepted_at"), "2026-01-01T00:00:00.000Z");
  for (const char* member : {"provider_name", "expires_at", "segments", "encoding", "error_code", "waiting_for",
                             "next_attempt_at", "request_id"}) {
    EXPECT_TRUE(body.at(member).is_null()) << member;
  }
}

}  // namespace
}  // namespace herald::test
