// Idempotency-Key and the rate limits, as a client meets them.
#include <gmock/gmock.h>

#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

using ::testing::ElementsAre;

class RepeatedOverRest : public ApiTest {
 protected:
  http::Response send_with_key(const std::string& key, const json& body = sms()) {
    return post("/api/messages/sms", body, {{"idempotency-key", key}});
  }
  static std::string id_of(const http::Response& answer) { return parsed(answer).value("id", "(none)"); }
};

TEST_F(RepeatedOverRest, IsAnsweredAsTheFirstTime) {
  const auto first = send_with_key("order-4711");
  const auto again = send_with_key("order-4711");
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(header(again, "Location"), header(first, "Location"));
  EXPECT_EQ(header(first, "Idempotency-Replayed"), "");
  EXPECT_EQ(header(again, "Idempotency-Replayed"), "true");
  EXPECT_EQ(store_.accepted().size(), 1U);
}

TEST_F(RepeatedOverRest, IsRefusedWithOtherWords) {
  send_with_key("order-4711");
  auto other = sms();
  other["body"] = "Another message";
  expect_problem(send_with_key("order-4711", other), 422, "idempotency_key_reused");
  EXPECT_EQ(store_.accepted().size(), 1U);
}

TEST_F(RepeatedOverRest, IsAskedToWaitWhileTheFirstIsInFlight) {
  const auto first = std::make_shared<AnswerSink>();
  const auto second = std::make_shared<AnswerSink>();
  const Headers headers{{"Content-Type", "application/json"}, {"Idempotency-Key", "order-4711"}};
  start(http::Method::kPost, "/api/messages/sms", sms().dump(), headers, first);
  start(http::Method::kPost, "/api/messages/sms", sms().dump(), headers, second);
  ASSERT_EQ(first->answers, 0);
  ASSERT_EQ(second->answers, 1);
  expect_problem(*second->answer, 409, "idempotency_key_in_flight");
  EXPECT_EQ(header(*second->answer, "Retry-After"), "1");
  writer_.step();
  ASSERT_EQ(first->answers, 1);
  EXPECT_EQ(first->answer->status, 202);
}

TEST_F(RepeatedOverRest, IsANewMessageUnderAnotherKeyOrNone) {
  const auto first = id_of(send_with_key("a"));
  EXPECT_NE(id_of(send_with_key("b")), first);
  EXPECT_NE(id_of(send_sms(sms())), first);
}

TEST_F(RepeatedOverRest, CannotHaveTwoKeys) {
  const auto answer =
      post("/api/messages/sms", sms(), {{"Idempotency-Key", "a"}, {"IDEMPOTENCY-KEY", "a"}, {"Idempotency-Key", "b"}});
  expect_problem(answer, 400, "validation_failed");
  EXPECT_EQ(parsed(answer).at("message"), "the header Idempotency-Key must not appear more than once");
  EXPECT_TRUE(store_.accepted().empty());
}

TEST_F(RepeatedOverRest, LearnsOfAnUnsoundKeyBesideEveryOtherFault) {
  auto body = sms();
  body.erase("to");
  for (const std::string& key : {std::string(), std::string("a b"), std::string(256, 'k'), std::string("\xc3\xa9")}) {
    const auto answer = send_with_key(key, body);
    expect_problem(answer, 400, "validation_failed");
    EXPECT_THAT(pointers_of(answer), ElementsAre("", "/to")) << key;
  }
}

TEST_F(RepeatedOverRest, WorksForWhatCarriersBringToo) {
  const json event = {{"channel", "sms"}, {"from", "+12025550142"}, {"to", "+12025550123"}, {"body", "Yes"}};
  const Headers key{{"Idempotency-Key", "event-1"}};
  const auto first = post("/api/provider/mock/inbound", event, key);
  const auto again = post("/api/provider/mock/inbound", event, key);
  ASSERT_EQ(first.status, 202);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(header(again, "Idempotency-Replayed"), "true");
  EXPECT_EQ(store_.received().size(), 1U);
}

class LimitedOverRest : public ApiTest {
 protected:
  LimitedOverRest() : ApiTest(limits()) {}

  static intake::Options limits() {
    intake::Options options;
    options.rate_limit_per_ip_per_min = 2;
    options.rate_limit_per_sender_per_min = 60;
    return options;
  }
};

TEST_F(LimitedOverRest, IsToldWhatIsLeft) {
  const auto answer = send_sms(sms());
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(header(answer, "RateLimit-Policy"), R"("ip";q=2;w=60, "sender";q=60;w=60)");
  EXPECT_EQ(header(answer, "RateLimit").rfind(R"("ip";r=1;t=)", 0), 0U);
}

TEST_F(LimitedOverRest, IsRefusedOverTheLimitAndToldWhenToComeBack) {
  send_sms(sms());
  send_sms(sms());
  const auto answer = send_sms(sms());
  expect_problem(answer, 429, "rate_limited");
  EXPECT_GT(std::stoi(header(answer, "Retry-After")), 0);
  EXPECT_EQ(header(answer, "RateLimit").rfind(R"("ip";r=0;t=)", 0), 0U);
  EXPECT_NE(header(answer, "RateLimit-Policy"), "");
  EXPECT_EQ(store_.accepted().size(), 2U);
}

TEST_F(LimitedOverRest, SpendsNothingOnAReplay) {
  const Headers key{{"Idempotency-Key", "order-4711"}};
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(post("/api/messages/sms", sms(), key).status, 202);
  EXPECT_EQ(send_sms(sms()).status, 202);
}

TEST_F(LimitedOverRest, LosesNothingOfWhatCarriersBring) {
  const json event = {{"channel", "sms"}, {"from", "+12025550142"}, {"to", "+12025550123"}, {"body", "Yes"}};
  for (int i = 0; i < 5; ++i) {
    const auto answer = post("/api/provider/mock/inbound", event);
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(header(answer, "RateLimit"), "");
  }
}

}  // namespace
}  // namespace herald::test
