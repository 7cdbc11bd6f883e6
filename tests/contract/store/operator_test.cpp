// What operators do to one message: cancel, retry.
#include "operator_contract.h"

namespace herald::store {
namespace {

using base::ErrorCode;
using domain::MessageId;
using domain::Status;
using std::chrono::hours;
using Ids = std::vector<MessageId>;

// ---- Cancel ----

TEST_P(StoreOperator, ACancelledMessageIsGoneFromTheQueue) {
  const auto id = accept();
  clock_.advance(ms(5));
  ASSERT_TRUE(cancel(id));
  EXPECT_EQ(status(id), Status::kCancelled);
  EXPECT_EQ(find(id).updated_at, now());
  EXPECT_EQ(find(id).error_code, "");
  EXPECT_EQ(find(id).next_attempt_at, std::nullopt);
  EXPECT_EQ(depth().waiting, 0U);
  EXPECT_TRUE(claim().messages.empty());
}

TEST_P(StoreOperator, CancelsARetryThatWaits) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now() + ms(750))));
  ASSERT_TRUE(cancel(id));
  EXPECT_EQ(status(id), Status::kCancelled);
  EXPECT_EQ(find(id).attempts.size(), 1U);
  clock_.advance(ms(750));
  EXPECT_TRUE(claim().messages.empty());
}

TEST_P(StoreOperator, CancelsWhatWasReleased) {
  const auto id = claim_new();
  ASSERT_TRUE(release(id));
  ASSERT_TRUE(cancel(id));
  EXPECT_EQ(depth().waiting, 0U);
}

TEST_P(StoreOperator, CancelsOnlyTheOneThatItNames) {
  const auto id = accept();
  const auto other = accept();
  ASSERT_TRUE(cancel(id));
  EXPECT_EQ(depth().waiting, 1U);
  EXPECT_EQ(ids_of(claim()), Ids{other});
}

TEST_P(StoreOperator, CancelsNothingThatIsNotPending) {
  const auto dispatching = claim_new();
  EXPECT_EQ(cancel(dispatching).error().code, ErrorCode::kConflict);
  EXPECT_EQ(status(dispatching), Status::kDispatching);
  ASSERT_TRUE(settle(taken(dispatching)));
  EXPECT_EQ(cancel(dispatching).error().code, ErrorCode::kConflict);
  EXPECT_EQ(status(dispatching), Status::kDispatched);
  const auto failed = fail_one();
  EXPECT_EQ(cancel(failed).error().code, ErrorCode::kConflict);
  EXPECT_EQ(status(failed), Status::kFailed);
  const auto cancelled = accept();
  ASSERT_TRUE(cancel(cancelled));
  EXPECT_EQ(cancel(cancelled).error().code, ErrorCode::kConflict);
}

TEST_P(StoreOperator, KnowsNoMessageThatWasNeverAccepted) {
  EXPECT_EQ(cancel(MessageId{42}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(retry(MessageId{42}).error().code, ErrorCode::kNotFound);
}

TEST_P(StoreOperator, ACancelStaysOverARestart) {
  const auto id = accept();
  ASSERT_TRUE(cancel(id));
  restart();
  EXPECT_EQ(status(id), Status::kCancelled);
  EXPECT_EQ(depth().waiting, 0U);
}

TEST_P(StoreOperator, OfACancelAndAClaimInOneBatchTheFirstWins) {
  const auto id = accept();
  std::optional<base::Result<Claimed>> claimed;
  std::optional<base::Status> cancelled;
  std::vector<Command> batch;
  batch.emplace_back(Claim{"alpha", 1, now(), [&claimed](base::Result<Claimed> result) { claimed = result; }});
  batch.emplace_back(Cancel{id, [&cancelled](base::Status result) { cancelled = std::move(result); }});
  ASSERT_TRUE(store().apply(batch));
  EXPECT_EQ(claimed->value().messages.size(), 1U);
  EXPECT_EQ(cancelled->error().code, ErrorCode::kConflict);
}

TEST_P(StoreOperator, RefusesToCancelOrRetryWhatCameIn) {
  Receive receive;
  receive.source = "mock";
  receive.messages.emplace_back();
  receive.messages.back().normalized_from = "+12015550101";
  receive.messages.back().normalized_to = "+12015550102";
  const auto received = ask<base::Result<Received>>(std::move(receive));
  const auto id = received.value().messages.at(0).id;
  EXPECT_EQ(cancel(id).error().code, ErrorCode::kConflict);
  EXPECT_EQ(retry(id).error().code, ErrorCode::kConflict);
  EXPECT_EQ(status(id), Status::kReceived);
}

// ---- Retry ----

TEST_P(StoreOperator, ARetriedMessageIsDueAtOnce) {
  const auto id = fail_one();
  clock_.advance(hours{3});
  ASSERT_TRUE(retry(id));
  const auto found = find(id);
  EXPECT_EQ(found.status, Status::kPending);
  EXPECT_EQ(found.error_code, "");
  EXPECT_EQ(found.next_attempt_at, now());
  EXPECT_EQ(found.updated_at, now());
  EXPECT_EQ(depth().waiting, 1U);
  EXPECT_EQ(claim_the_only_one().id, id);
}

TEST_P(StoreOperator, ItsAttemptsGoOnWithAFreshBudget) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now())));
  claim();
  ASSERT_TRUE(settle(refused(id, 2)));
  ASSERT_TRUE(retry(id));
  const auto claimed = claim_the_only_one();
  EXPECT_EQ(claimed.attempt, 3U);
  EXPECT_EQ(claimed.spent, 2U);
  ASSERT_TRUE(settle(taken(id, 3)));
  EXPECT_EQ(find(id).attempts.size(), 3U);
}

TEST_P(StoreOperator, AFirstClaimHasSpentNothing) {
  accept();
  EXPECT_EQ(claim_the_only_one().spent, 0U);
}

TEST_P(StoreOperator, WhatIsSpentStaysSoOverRetriesReleasesAndARestart) {
  const auto id = fail_one();
  ASSERT_TRUE(retry(id));
  claim();
  ASSERT_TRUE(settle(retried(id, now(), 2)));
  EXPECT_EQ(claim_the_only_one().spent, 1U);
  ASSERT_TRUE(release(id));
  EXPECT_EQ(claim_the_only_one().spent, 1U);
  restart(UncertainPolicy::kResend);
  const auto claimed = claim_the_only_one();
  EXPECT_EQ(claimed.spent, 1U);
  EXPECT_EQ(claimed.attempt, 3U);
}

TEST_P(StoreOperator, ASecondRetrySpendsWhatTheFirstOneMade) {
  const auto id = fail_one();
  ASSERT_TRUE(retry(id));
  claim();
  ASSERT_TRUE(settle(refused(id, 2)));
  ASSERT_TRUE(retry(id));
  EXPECT_EQ(claim_the_only_one().spent, 2U);
}

TEST_P(StoreOperator, ARetryHasTheWholeTimeToLiveAgain) {
  const auto id = accept_living(ms(100));
  claim();
  ASSERT_TRUE(settle(refused(id)));
  clock_.advance(hours{1});
  ASSERT_TRUE(retry(id));
  EXPECT_EQ(find(id).expires_at, now() + ms(100));
  EXPECT_EQ(find(id).accepted_at, now() - hours{1});
  clock_.advance(ms(99));
  EXPECT_EQ(claim_the_only_one().expires_at, now() + ms(1));
}

TEST_P(StoreOperator, TheTimeToLiveDoesNotGrowWithRetries) {
  const auto id = accept_living(ms(100));
  for (int times = 0; times < 3; ++times) {
    clock_.advance(hours{1});
    expire({id});
    ASSERT_EQ(status(id), Status::kExpired);
    ASSERT_TRUE(retry(id));
    EXPECT_EQ(find(id).expires_at, now() + ms(100));
  }
}

TEST_P(StoreOperator, RetriesWhatHasExpired) {
  const auto id = expire_one();
  ASSERT_TRUE(retry(id));
  EXPECT_EQ(claim_the_only_one().attempt, 1U);
}

TEST_P(StoreOperator, ARetriedMessageExpiresAgain) {
  const auto id = expire_one();
  ASSERT_TRUE(retry(id));
  clock_.advance(ms(10));
  EXPECT_EQ(ids_of(expire({id})), std::vector{id});
  EXPECT_EQ(depth().waiting, 0U);
}

TEST_P(StoreOperator, ARetriedMessageCanBeCancelled) {
  const auto id = fail_one();
  clock_.advance(ms(5));
  ASSERT_TRUE(retry(id));
  ASSERT_TRUE(cancel(id));
  EXPECT_EQ(depth().waiting, 0U);
}

TEST_P(StoreOperator, RetriesNothingElse) {
  const auto pending = accept();
  EXPECT_EQ(retry(pending).error().code, ErrorCode::kConflict);
  EXPECT_EQ(depth().waiting, 1U);
  claim();
  EXPECT_EQ(retry(pending).error().code, ErrorCode::kConflict);
  ASSERT_TRUE(settle(taken(pending)));
  EXPECT_EQ(retry(pending).error().code, ErrorCode::kConflict);
  EXPECT_EQ(status(pending), Status::kDispatched);
  const auto cancelled = accept();
  ASSERT_TRUE(cancel(cancelled));
  EXPECT_EQ(retry(cancelled).error().code, ErrorCode::kConflict);
}

TEST_P(StoreOperator, TwoRetriesOfOneBatchQueueItOnce) {
  const auto id = fail_one();
  std::vector<std::optional<base::Status>> answers(2);
  std::vector<Command> batch;
  for (auto& answer : answers)
    batch.emplace_back(Retry{id, [&answer](base::Status result) { answer = std::move(result); }});
  ASSERT_TRUE(store().apply(batch));
  EXPECT_TRUE(answers[0].value());
  EXPECT_EQ(answers[1]->error().code, ErrorCode::kConflict);
  EXPECT_EQ(depth().waiting, 1U);
}

TEST_P(StoreOperator, ARetryTellsTheListener) {
  const auto id = fail_one();
  listener_.told.clear();
  ASSERT_TRUE(retry(id));
  EXPECT_EQ(listener_.told, std::vector<std::string>{"alpha"});
}

TEST_P(StoreOperator, RespectsTheBoundOfTheQueue) {
  options_.queue_max = 1;
  restart();
  const auto id = fail_one();
  accept();
  EXPECT_EQ(retry(id).error().code, ErrorCode::kExhausted);
  EXPECT_EQ(status(id), Status::kFailed);
}

TEST_P(StoreOperator, ReleasesWhatWasHeldAsUncertain) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now())));
  const auto before = claim_the_only_one();
  restart(UncertainPolicy::kHold);
  ASSERT_EQ(find(id).error_code, "uncertain");
  ASSERT_TRUE(retry(id));
  const auto claimed = claim_the_only_one();
  EXPECT_EQ(claimed.attempt, 2U) << "the attempt that nobody knows the end of was not kept";
  EXPECT_EQ(claimed.spent, 1U);
  EXPECT_EQ(claimed.id, before.id);
  EXPECT_EQ(claimed.ordinal, before.ordinal);
}

TEST_P(StoreOperator, KeepsWhatIsSpentThroughAHold) {
  const auto id = fail_one();
  ASSERT_TRUE(retry(id));
  claim();
  restart(UncertainPolicy::kHold);
  ASSERT_TRUE(retry(id));
  const auto claimed = claim_the_only_one();
  EXPECT_EQ(claimed.attempt, 2U);
  EXPECT_EQ(claimed.spent, 1U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, StoreOperator, ::testing::ValuesIn(store_kinds()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace herald::store
