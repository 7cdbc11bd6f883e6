// The dead letters, put back into their queues all together.
#include "operator_contract.h"

namespace herald::store {
namespace {

using base::ErrorCode;
using domain::MessageId;
using domain::Status;
using Ids = std::vector<MessageId>;

TEST_P(StoreOperator, ReplaysAllDeadLetters) {
  const auto ids = fail_many(5);
  const auto retried = retry_many().value();
  EXPECT_EQ(retried.count, 5U);
  EXPECT_EQ(retried.next, std::nullopt);
  EXPECT_EQ(count_with(ids, Status::kPending), 5U);
  EXPECT_EQ(depth().waiting, 5U);
}

TEST_P(StoreOperator, ReplaysOneProvidersOnly) {
  const auto alpha = fail_one("alpha");
  const auto beta = fail_one("beta");
  EXPECT_EQ(retry_many({}, "beta").value().count, 1U);
  EXPECT_EQ(status(alpha), Status::kFailed);
  EXPECT_EQ(status(beta), Status::kPending);
}

TEST_P(StoreOperator, AnUnknownProviderHasNoDeadLetters) {
  fail_one();
  const auto retried = retry_many({}, "gamma").value();
  EXPECT_EQ(retried.count, 0U);
  EXPECT_EQ(retried.next, std::nullopt);
}

TEST_P(StoreOperator, ReplaysTheExpiredApartFromTheFailed) {
  const auto expired = expire_one();
  const auto failed = fail_one();
  EXPECT_EQ(retry_many({}, "", Status::kExpired).value().count, 1U);
  EXPECT_EQ(status(expired), Status::kPending);
  EXPECT_EQ(status(failed), Status::kFailed);
}

TEST_P(StoreOperator, ReplaysWhatIsHeldApartFromTheRejected) {
  const auto rejected = fail_one();
  const auto held = accept("alpha");
  ASSERT_EQ(ids_of(claim(1, "alpha")), Ids{held});
  restart(UncertainPolicy::kHold);
  const auto retried = retry_many_of({Status::kFailed, "alpha", "uncertain"}).value();
  EXPECT_EQ(retried.count, 1U);
  EXPECT_EQ(status(held), Status::kPending);
  EXPECT_EQ(status(rejected), Status::kFailed);
  EXPECT_EQ(retry_many_of({Status::kFailed, "", "unheard_of"}).value().count, 0U);
}

TEST_P(StoreOperator, WhatWasHeldGoesOutAsTheAttemptThatItWasHeldAt) {
  const auto held = accept("alpha");
  ASSERT_EQ(ids_of(claim(1, "alpha")), Ids{held});
  restart(UncertainPolicy::kHold);
  ASSERT_TRUE(retry(held));
  EXPECT_EQ(claim(1, "alpha").messages.at(0).attempt, 1U);
}

TEST_P(StoreOperator, RefusesToReplayAnyOtherStatus) {
  for (const auto other : {Status::kPending, Status::kDispatching, Status::kDispatched, Status::kDelivered,
                           Status::kCancelled, Status::kReceived})
    EXPECT_EQ(retry_many({}, "", other).error().code, ErrorCode::kInvalid);
}

TEST_P(StoreOperator, ASweepReplaysEachOnceAlthoughTheyFailAgainBehindIt) {
  constexpr std::size_t kMessages = 2'500;  // more than one command looks at
  const auto ids = fail_many(kMessages);
  std::size_t count = 0;
  std::optional<MessageId> at = MessageId{};
  int commands = 0;
  for (; at && commands < 20; ++commands) {
    const auto retried = retry_many(*at).value();
    count += retried.count;
    at = retried.next;
    Settle failed;
    const auto claimed = claim(kMessages);
    for (const auto& message : claimed.messages)
      failed.items.push_back(refused(message.id, message.attempt));
    ASSERT_TRUE(ask<base::Status>(std::move(failed)));
  }
  EXPECT_FALSE(at) << "the sweep ends";
  EXPECT_GT(commands, 1) << "one command is bounded";
  EXPECT_EQ(count, kMessages);
  EXPECT_EQ(find(ids.front()).attempts.size(), 2U);
  EXPECT_EQ(find(ids.back()).attempts.size(), 2U);
}

TEST_P(StoreOperator, ASweepGoesOnPastOthersDeadLetters) {
  fail_many(1'200);
  const auto beta = fail_one("beta");
  const auto first = retry_many({}, "beta").value();
  EXPECT_EQ(first.count, 0U);
  ASSERT_TRUE(first.next);
  EXPECT_EQ(retry_many(*first.next, "beta").value().count, 1U);
  EXPECT_EQ(status(beta), Status::kPending);
}

TEST_P(StoreOperator, StopsAtTheBoundOfTheQueueWithWhereToGoOn) {
  options_.queue_max = 3;
  restart();
  Ids ids;
  for (int count = 0; count < 5; ++count)
    ids.push_back(fail_one());
  const auto retried = retry_many().value();
  EXPECT_EQ(retried.count, 3U);
  ASSERT_EQ(retried.next, ids.at(2));
  EXPECT_EQ(count_with(ids, Status::kFailed), 2U);

  EXPECT_EQ(retry_many(*retried.next).error().code, ErrorCode::kExhausted) << "not even one fits";
  claim();
  const auto rest = retry_many(*retried.next).value();
  EXPECT_EQ(rest.count, 2U);
  EXPECT_EQ(rest.next, std::nullopt);
}

TEST_P(StoreOperator, AFullQueueIsNoErrorWithoutDeadLetters) {
  options_.queue_max = 1;
  restart();
  accept();
  EXPECT_EQ(retry_many().value().count, 0U);
}

TEST_P(StoreOperator, TellsTheListenerOfEveryProviderThatGotWork) {
  fail_one("alpha");
  fail_one("beta");
  listener_.told.clear();
  ASSERT_TRUE(retry_many());
  EXPECT_EQ(listener_.told.size(), 2U);
}

}  // namespace
}  // namespace herald::store
