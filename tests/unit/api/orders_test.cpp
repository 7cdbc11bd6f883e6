// POST /api/messages/{id}/cancel, /api/messages/{id}/retry and /api/messages/retry.
#include <gmock/gmock.h>

#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

using domain::Status;
using ::testing::ElementsAre;

class OrdersOverRest : public ApiTest {
 protected:
  static constexpr domain::MessageId kId{1'234'567};

  http::Response order(const std::string& target) { return ask(http::Method::kPost, "/api/messages/" + target); }
  http::Response cancel() { return order(kId.text() + "/cancel"); }
  http::Response retry() { return order(kId.text() + "/retry"); }
};

TEST_F(OrdersOverRest, CancelAPendingMessage) {
  store_.put(kId, Status::kPending);
  const auto answer = cancel();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(parsed(answer), json({{"id", kId.text()}, {"status", "cancelled"}}));
  EXPECT_EQ(header(answer, "Cache-Control"), "no-store");
  EXPECT_EQ(store_.status(kId), Status::kCancelled);
}

TEST_F(OrdersOverRest, CancelNoOther) {
  for (const auto status : {Status::kDispatching, Status::kDispatched, Status::kDelivered, Status::kFailed,
                            Status::kExpired, Status::kCancelled, Status::kReceived}) {
    store_.put(kId, status);
    const auto answer = cancel();
    expect_problem(answer, 409, "not_cancellable");
    EXPECT_NE(parsed(answer).at("detail").get<std::string>().find(domain::to_string(status)), std::string::npos);
    EXPECT_EQ(store_.status(kId), status);
  }
}

TEST_F(OrdersOverRest, RetryADeadMessage) {
  for (const auto status : {Status::kFailed, Status::kExpired}) {
    store_.put(kId, status);
    const auto answer = retry();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(parsed(answer), json({{"id", kId.text()}, {"status", "pending"}}));
    EXPECT_EQ(store_.status(kId), Status::kPending);
  }
}

TEST_F(OrdersOverRest, RetryNoOther) {
  for (const auto status : {Status::kPending, Status::kDispatching, Status::kDispatched, Status::kDelivered,
                            Status::kCancelled, Status::kReceived}) {
    store_.put(kId, status);
    expect_problem(retry(), 409, "not_retryable");
    EXPECT_EQ(store_.status(kId), status);
  }
}

TEST_F(OrdersOverRest, FindNoMessageUnderAnIdThatIsNone) {
  for (const std::string& id : {kId.text(), std::string("0"), std::string("x"), std::string(4000, '0')}) {
    expect_problem(order(id + "/cancel"), 404, "message_not_found");
    expect_problem(order(id + "/retry"), 404, "message_not_found");
  }
}

TEST_F(OrdersOverRest, AreNotAnsweredBeforeTheCommit) {
  store_.put(kId, Status::kPending);
  const auto sink = std::make_shared<AnswerSink>();
  start(http::Method::kPost, "/api/messages/" + kId.text() + "/cancel", {}, {}, sink);
  EXPECT_EQ(sink->answers, 0);
  writer_.step();
  EXPECT_EQ(sink->answers, 1);
}

TEST_F(OrdersOverRest, AreToldToComeBackWhenTheyCannotBeStored) {
  store_.put(kId, Status::kPending);
  store_.refuse_with(base::ErrorCode::kUnavailable);
  for (const std::string& target :
       {kId.text() + "/cancel", kId.text() + "/retry", std::string("retry?status=failed")}) {
    const auto answer = order(target);
    expect_problem(answer, 503, "store_unavailable");
    EXPECT_EQ(answer.body.find("SECRET"), std::string::npos);
  }
  store_.refuse_with(base::ErrorCode::kExhausted);
  expect_problem(retry(), 503, "queue_full");
}

TEST_F(OrdersOverRest, AreToldToComeBackWhileTheHostStartsOrDrains) {
  store_.put(kId, Status::kPending);
  for (const std::string& target :
       {kId.text() + "/cancel", kId.text() + "/retry", std::string("retry?status=failed")}) {
    readiness_.now = {api::NotReady::kStarting};
    expect_problem(order(target), 503, "starting");
    readiness_.now = {api::NotReady::kDraining};
    expect_problem(order(target), 503, "draining");
  }
  EXPECT_EQ(store_.status(kId), Status::kPending);
}

TEST_F(OrdersOverRest, RetryAllDeadLettersOfOneStatus) {
  store_.put(domain::MessageId{1}, Status::kFailed, "email");
  store_.put(domain::MessageId{2}, Status::kFailed, "sms-mms");
  store_.put(domain::MessageId{3}, Status::kExpired, "email");
  const auto answer = order("retry?status=failed");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(parsed(answer), json({{"retried", 2}}));
  EXPECT_EQ(store_.status(domain::MessageId{3}), Status::kExpired);
}

TEST_F(OrdersOverRest, RetryAllOfOneProviderOnly) {
  store_.put(domain::MessageId{1}, Status::kExpired, "email");
  store_.put(domain::MessageId{2}, Status::kExpired, "sms-mms");
  EXPECT_EQ(parsed(order("retry?status=expired&provider=email")), json({{"retried", 1}}));
  EXPECT_EQ(store_.status(domain::MessageId{2}), Status::kExpired);
}

TEST_F(OrdersOverRest, RetryAllOfOneErrorCodeOnly) {
  store_.put(domain::MessageId{1}, Status::kFailed, "email", "uncertain");
  store_.put(domain::MessageId{2}, Status::kFailed, "email", "no_such_mailbox");
  EXPECT_EQ(parsed(order("retry?status=failed&error_code=uncertain")), json({{"retried", 1}}));
  EXPECT_EQ(store_.status(domain::MessageId{2}), Status::kFailed);
}

TEST_F(OrdersOverRest, RetryNoneWhereNoneIsDead) {
  EXPECT_EQ(parsed(order("retry?status=failed&provider=nobody")), json({{"retried", 0}}));
}

TEST_F(OrdersOverRest, RefuseABodyThatWouldBeLost) {
  expect_problem(post_raw("/api/messages/retry?status=failed", R"({"provider":"email"})"), 400, "validation_failed");
  EXPECT_EQ(post_raw("/api/messages/retry?status=failed", "{}").status, 200);
}

TEST_F(OrdersOverRest, MustSayWhichDeadLetters) {
  const std::vector<std::pair<std::string, std::string>> wrong{{"", "/status"},
                                                               {"?status=", "/status"},
                                                               {"?status=pending", "/status"},
                                                               {"?status=FAILED", "/status"},
                                                               {"?status=failed&status=failed", "/status"},
                                                               {"?status=failed&provider=", "/provider"},
                                                               {"?status=failed&error_code=", "/error_code"},
                                                               {"?status=expired&error_code=x", "/error_code"},
                                                               {"?status=failed&providr=email", "/providr"}};
  store_.put(kId, Status::kFailed);
  for (const auto& example : wrong) {
    const auto answer = order("retry" + example.first);
    expect_problem(answer, 400, "invalid_parameter");
    EXPECT_THAT(pointers_of(answer), ElementsAre(example.second)) << example.first;
  }
  EXPECT_EQ(store_.status(kId), Status::kFailed);
}

}  // namespace
}  // namespace herald::test
