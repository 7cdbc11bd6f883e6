#include "store_contract.h"

namespace herald::store {
namespace {

using domain::Status;

TEST_P(StoreContract, ASuccessIsDispatchedWithWhatTheProviderSaid) {
  const auto id = claim_new();
  clock_.advance(ms(12));
  ASSERT_TRUE(settle(taken(id)));
  const auto found = find(id);
  EXPECT_EQ(found.status, Status::kDispatched);
  EXPECT_EQ(found.provider_message_id, "pm-" + id.text());
  EXPECT_EQ(found.segments, 2U);
  EXPECT_EQ(found.encoding, "GSM-7");
  EXPECT_EQ(found.updated_at, now());
  EXPECT_EQ(found.next_attempt_at, std::nullopt);
}

TEST_P(StoreContract, KeepsTheAttemptAsItWent) {
  const auto id = claim_new();
  auto item = refused(id);
  item.attempt.provider = "beta";
  item.attempt.outcome.retry_after = ms(1'500);
  item.attempt.outcome.lane_wide = true;
  ASSERT_TRUE(settle(item));
  const auto kept = find(id).attempts.at(0);
  EXPECT_EQ(kept.number, 1U);
  EXPECT_EQ(kept.provider, "beta");
  EXPECT_EQ(kept.outcome.kind, domain::OutcomeKind::kRejected);
  EXPECT_EQ(kept.outcome.error_code, "30003");
  EXPECT_EQ(kept.outcome.retry_after, ms(1'500));
  EXPECT_TRUE(kept.outcome.lane_wide);
  EXPECT_EQ(kept.started_at, item.attempt.started_at);
  EXPECT_EQ(kept.latency, ms(7));
}

TEST_P(StoreContract, AFailedMessageTellsWhy) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(refused(id)));
  EXPECT_EQ(status(id), Status::kFailed);
  EXPECT_EQ(find(id).error_code, "30003");
  EXPECT_TRUE(claim().messages.empty());
}

TEST_P(StoreContract, ARetryIsPendingUntilItsTime) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now() + ms(750))));
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_EQ(find(id).next_attempt_at, now() + ms(750));
  EXPECT_EQ(depth().waiting, 1U);
}

TEST_P(StoreContract, AnAttemptMaySettleAsExpired) {
  const auto id = claim_new();
  auto item = refused(id);
  item.status = Status::kExpired;
  ASSERT_TRUE(settle(item));
  EXPECT_EQ(status(id), Status::kExpired);
}

TEST_P(StoreContract, TellsTheAttemptsOldestFirst) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now())));
  claim();
  ASSERT_TRUE(settle(taken(id, 2)));
  const auto found = find(id);
  ASSERT_EQ(found.attempts.size(), 2U);
  EXPECT_EQ(found.attempts[0].number, 1U);
  EXPECT_EQ(found.attempts[0].outcome.kind, domain::OutcomeKind::kError);
  EXPECT_EQ(found.attempts[1].number, 2U);
  EXPECT_EQ(found.attempts[1].outcome.kind, domain::OutcomeKind::kSuccess);
  EXPECT_EQ(found.status, Status::kDispatched);
}

TEST_P(StoreContract, LeavesAMessageAloneThatIsNotDispatching) {
  const auto waiting = accept();
  EXPECT_TRUE(settle(taken(waiting)));
  EXPECT_EQ(status(waiting), Status::kPending);
  EXPECT_TRUE(find(waiting).attempts.empty());
  EXPECT_EQ(log_.of("store.not_dispatching").size(), 1U);
}

TEST_P(StoreContract, ASecondSettlementChangesNothing) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(taken(id)));
  EXPECT_TRUE(settle(refused(id)));
  EXPECT_EQ(status(id), Status::kDispatched);
  EXPECT_EQ(find(id).attempts.size(), 1U);
}

TEST_P(StoreContract, ALateSettlementOfAnEarlierAttemptChangesNothing) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now())));
  claim();
  EXPECT_TRUE(settle(taken(id, 1)));
  EXPECT_EQ(status(id), Status::kDispatching);
  EXPECT_EQ(find(id).attempts.size(), 1U);
}

TEST_P(StoreContract, SettlesTheOthersOfACommandThatNamesAnUnknownMessage) {
  const auto id = claim_new();
  std::optional<base::Status> answer;
  Command command =
      Settle{{taken(domain::MessageId{42}), taken(id)}, [&answer](base::Status result) { answer = std::move(result); }};
  ASSERT_TRUE(store().apply({&command, 1}));
  EXPECT_TRUE(answer.value());
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_P(StoreContract, RefusesARetryWithoutItsTime) {
  const auto id = claim_new();
  auto item = retried(id, now());
  item.retry_at = std::nullopt;
  const auto answer = settle(item);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, base::ErrorCode::kInvalid);
  EXPECT_EQ(status(id), Status::kDispatching);
}

TEST_P(StoreContract, ARefusedSettlementWritesNoneOfItsItemsAndFailsAlone) {
  const auto first = claim_new();
  const auto second = claim_new();
  auto wrong = taken(second);
  wrong.status = Status::kReceived;
  std::optional<base::Status> answer;
  std::optional<base::Result<domain::MessageId>> other;
  std::vector<Command> batch;
  batch.emplace_back(Settle{{taken(first), wrong}, [&answer](base::Status result) { answer = std::move(result); }});
  batch.emplace_back(accepting(message(), other));
  ASSERT_TRUE(store().apply(batch));
  EXPECT_FALSE(answer.value());
  EXPECT_TRUE(other.value());
  EXPECT_EQ(status(first), Status::kDispatching);
}

}  // namespace
}  // namespace herald::store
