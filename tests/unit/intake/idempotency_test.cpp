// A request that is sent twice under one key: one message, and the same answer.
#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "base/worker.h"
#include "support/eventually.h"
#include "unit/intake/intake_fixture.h"

namespace herald::intake {
namespace {

using Reason = Refusal::Reason;

class IdempotencyKey : public IntakeTest {
 protected:
  static Options with_limits() {
    Options options;
    options.rate_limit_per_ip_per_min = 2;
    options.rate_limit_per_sender_per_min = 2;
    return options;
  }
};

TEST_F(IdempotencyKey, GivesTheSecondRequestTheAnswerOfTheFirst) {
  const auto first = answer(sms(), with_key("k1"));
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->replayed);
  const auto second = answer(sms(), with_key("k1"));
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(second->id, first->id);
  EXPECT_EQ(store_.accepted().size(), 1U);
  EXPECT_EQ(metrics_.accepted.value(), 1U);
}

TEST_F(IdempotencyKey, MakesNothingTheSameWithoutIt) {
  ASSERT_TRUE(answer(sms()));
  ASSERT_TRUE(answer(sms()));
  EXPECT_EQ(store_.accepted().size(), 2U);
}

TEST_F(IdempotencyKey, IsRefusedForAnotherRequest) {
  ASSERT_TRUE(answer(sms(), with_key("k1")));
  auto other = sms();
  other.body = "Hello!";
  EXPECT_EQ(refusal(other, with_key("k1")), Reason::kKeyReused);
  EXPECT_EQ(store_.accepted().size(), 1U);
}

TEST_F(IdempotencyKey, TellsADefaultFromWhatWasWritten) {
  ASSERT_TRUE(answer(sms(), with_key("k1")));
  auto other = sms();
  other.ttl_seconds = Options{}.message_ttl.count();
  EXPECT_EQ(refusal(other, with_key("k1")), Reason::kKeyReused);
}

TEST_F(IdempotencyKey, IsOneForAllEndpoints) {
  ASSERT_TRUE(answer(inbound_sms(), with_key("k1")));
  EXPECT_EQ(refusal(sms(), with_key("k1")), Reason::kKeyReused);
}

TEST_F(IdempotencyKey, StandsAsLongAsTheOptionsSay) {
  ASSERT_TRUE(answer(sms(), with_key("k1")));
  clock_.advance(Options{}.idempotency_ttl);
  EXPECT_TRUE(answer(sms(), with_key("k1"))->replayed);
  clock_.advance(std::chrono::milliseconds{1});
  EXPECT_FALSE(answer(sms(), with_key("k1"))->replayed);
  EXPECT_EQ(store_.accepted().size(), 2U);
}

TEST_F(IdempotencyKey, IsInFlightUntilTheCommit) {
  start(sms(), with_key("k1"));
  start(sms(), with_key("k1"));
  auto other = sms();
  other.body = "another";
  start(other, with_key("k1"));
  start(sms(), with_key("k2"));
  ASSERT_EQ(answers_.size(), 2U) << "the first and the last wait for their commit";
  EXPECT_EQ(answers_[0].error().reason, Reason::kKeyInFlight);
  EXPECT_EQ(answers_[1].error().reason, Reason::kKeyInFlight) << "whatever is asked under it";
  commit();
  EXPECT_EQ(store_.accepted().size(), 2U);
  EXPECT_TRUE(answer(sms(), with_key("k1"))->replayed);
}

TEST_F(IdempotencyKey, IsFreeForWhoHearsOfTheCommit) {
  std::optional<AcceptResult> second;
  intake_.accept(sms(), with_key("k1"), [&](const AcceptResult&) {
    intake_.accept(sms(), with_key("k1"), [&second](AcceptResult result) { second = std::move(result); });
  });
  commit();
  ASSERT_TRUE(second && second->has_value());
  EXPECT_TRUE((*second)->replayed);
}

TEST_F(IdempotencyKey, IsNotConsumedByARequestThatBreaksTheRules) {
  auto broken = sms();
  broken.to.reset();
  EXPECT_EQ(refusal(broken, with_key("k1")), Reason::kInvalid);
  const auto mended = answer(sms(), with_key("k1"));
  ASSERT_TRUE(mended);
  EXPECT_FALSE(mended->replayed);
}

TEST_F(IdempotencyKey, IsNotConsumedWithoutAProvider) {
  routes_.phone.reset();
  EXPECT_EQ(refusal(sms(), with_key("k1")), Reason::kProviderMissing);
  routes_.phone = "sms-mms";
  EXPECT_FALSE(answer(sms(), with_key("k1"))->replayed);
}

TEST_F(IdempotencyKey, IsNotConsumedByAFailedCommit) {
  for (const auto code : {base::ErrorCode::kExhausted, base::ErrorCode::kUnavailable}) {
    store_.refuse_with(code);
    ASSERT_FALSE(answer(sms(), with_key("k1")));
    ASSERT_FALSE(answer(inbound_sms(), with_key("k1")));
  }
  store_.refuse_nothing();
  EXPECT_FALSE(answer(sms(), with_key("k1"))->replayed);
  EXPECT_EQ(store_.accepted().size(), 1U);
}

TEST_F(IdempotencyKey, IsNotConsumedWhenTheWriterIsClosed) {
  writer_.close();
  EXPECT_EQ(refusal(sms(), with_key("k1")), Reason::kUnavailable);
  EXPECT_EQ(refusal(sms(), with_key("k1")), Reason::kUnavailable) << "not in flight";
}

TEST_F(IdempotencyKey, RefusesWhatItCannotLookUp) {
  store_.refuse_reads_with(base::ErrorCode::kUnavailable);
  EXPECT_EQ(refusal(sms(), with_key("k1")), Reason::kUnavailable);
  store_.refuse_reads_with(base::ErrorCode::kCorrupt);
  EXPECT_EQ(refusal(sms(), with_key("k1")), Reason::kInternal);
  EXPECT_TRUE(answer(sms())) << "without a key nothing is read";
}

// What a recovery brings to light must not be missed: the store judges by the count from before the look-up.
TEST_F(IdempotencyKey, IsSentWithTheRecoveriesFromBeforeItsLookUp) {
  store_.recover_in_look_ups();
  ASSERT_TRUE(answer(sms(), with_key("k1")));
  EXPECT_EQ(store_.last_recoveries(), 0U);
  ASSERT_TRUE(answer(inbound_sms(), with_key("k2")));
  EXPECT_EQ(store_.last_recoveries(), 1U);
  EXPECT_EQ(store_.recoveries(), 2U);
}

TEST_F(IdempotencyKey, MustBeVisibleAscii) {
  for (const auto& key : {std::string(), std::string(256, 'k'), std::string("a b"), std::string("a\x7f"),
                          std::string("\xc3\xa4"), std::string("a\0b", 3)})
    EXPECT_EQ(refusal(sms(), with_key(key)), Reason::kInvalid) << testing::PrintToString(key);
  EXPECT_TRUE(answer(sms(), with_key(std::string(255, '~'))));
  EXPECT_TRUE(answer(sms(), with_key("!")));
}

TEST_F(IdempotencyKey, IsJudgedTogetherWithTheBody) {
  auto request = sms();
  request.to.reset();
  request.body = " ";
  const auto result = answer(request, with_key("not visible"));
  ASSERT_FALSE(result);
  std::vector<std::string> pointers;
  for (const auto& fault : result.error().faults.list())
    pointers.push_back(fault.pointer);
  EXPECT_EQ(pointers, (std::vector<std::string>{"", "/to", "/body"}));
  EXPECT_NE(result.error().faults.list()[0].message.find("Idempotency-Key"), std::string::npos);
}

TEST_F(IdempotencyKey, StaysOutOfTheLog) {
  ASSERT_TRUE(answer(sms(), with_key("secret-key-7")));
  ASSERT_TRUE(answer(sms(), with_key("secret-key-7")));
  ASSERT_FALSE(answer(inbound_sms(), with_key("secret-key-7")));
  EXPECT_FALSE(log_.mentions("secret-key"));
}

TEST_F(IdempotencyKey, LetsOneOfManyThreadsThrough) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 25;
  std::atomic<int> fresh{0};
  std::atomic<int> answered{0};
  std::vector<base::Worker> clients;
  for (int i = 0; i < kThreads; ++i) {
    clients.emplace_back("client", [&] {
      for (int round = 0; round < kRounds; ++round) {
        intake_.accept(sms(), with_key("k" + std::to_string(round)), [&](const AcceptResult& result) {
          if (result && !result->replayed) ++fresh;
          ++answered;
        });
      }
    });
  }
  EXPECT_TRUE(test::eventually([&] {
    writer_.step();
    return answered == kThreads * kRounds;
  }));
  clients.clear();
  EXPECT_EQ(fresh, kRounds);
  EXPECT_EQ(store_.accepted().size(), static_cast<std::size_t>(kRounds));
}

class IdempotencyKeyUnderLimits : public IdempotencyKey {
 protected:
  IdempotencyKeyUnderLimits() : limited_(with_limits(), dependencies()) {}

  AcceptResult ask(SendRequest request, Origin origin) {
    AcceptResult answer = tl::make_unexpected(Refusal{});
    limited_.accept(std::move(request), std::move(origin),
                    [&answer](AcceptResult result) { answer = std::move(result); });
    commit();
    return answer;
  }

  Intake limited_;
};

TEST_F(IdempotencyKeyUnderLimits, ReplaysWithoutAChargeOrARoute) {
  ASSERT_TRUE(ask(sms(), with_key("k1")));
  ASSERT_TRUE(ask(sms(), without_key()));
  ASSERT_FALSE(ask(sms(), without_key())) << "both quotas are used up";
  routes_.phone.reset();
  const auto replay = ask(sms(), with_key("k1"));
  ASSERT_TRUE(replay);
  EXPECT_TRUE(replay->replayed);
  EXPECT_TRUE(replay->limits.empty());
}

TEST_F(IdempotencyKeyUnderLimits, IsNotConsumedByALimit) {
  ASSERT_TRUE(ask(sms(), without_key()));
  ASSERT_TRUE(ask(sms(), without_key()));
  const auto refused = ask(sms(), with_key("k1"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::kRateLimited);
  clock_.advance(std::chrono::minutes{1});
  const auto retried = ask(sms(), with_key("k1"));
  ASSERT_TRUE(retried);
  EXPECT_FALSE(retried->replayed);
}

}  // namespace
}  // namespace herald::intake
