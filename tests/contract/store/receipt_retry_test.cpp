// Receipts that cross an operator's retry.
#include "inbound_contract.h"

namespace herald::store {
namespace {

using domain::Status;

class ReceiptRetry : public InboundContract {
 protected:
  base::Status retry(MessageId id) {
    std::optional<base::Status> answer;
    Command command = Retry{id, [&answer](base::Status result) { answer = std::move(result); }};
    static_cast<void>(store().apply({&command, 1}));
    return answer.value();
  }
  // Taken as pm-1, reported as failed, retried.
  MessageId retried_after_a_receipt() {
    const auto id = send_as("pm-1");
    report("pm-1", false, "30005");
    EXPECT_TRUE(retry(id));
    return id;
  }
};

INSTANTIATE_TEST_SUITE_P(Kinds, ReceiptRetry, ::testing::ValuesIn(store_kinds()),
                         [](const auto& kind) { return kind.param.name; });

TEST_P(ReceiptRetry, OfTheEarlierAttemptChangesNothingAtAnyTime) {
  const auto id = retried_after_a_receipt();
  EXPECT_EQ(report("pm-1", true).ignored, 1U);
  EXPECT_EQ(status(id), Status::kPending);
  ASSERT_EQ(claim().messages.size(), 1U);
  EXPECT_EQ(report("pm-1", true).ignored, 1U);
  EXPECT_EQ(status(id), Status::kDispatching);
  ASSERT_TRUE(settle(taken_as("pm-2", id, 2)));
  EXPECT_EQ(report("pm-1", false).ignored, 1U);
  EXPECT_EQ(status(id), Status::kDispatched);
  EXPECT_EQ(report("pm-2", true).applied, 1U);
  EXPECT_EQ(status(id), Status::kDelivered);
}

TEST_P(ReceiptRetry, OfTheRetryMayComeEarlyAndOverARestart) {
  const auto id = retried_after_a_receipt();
  EXPECT_EQ(report("pm-2", true).parked, 1U);
  restart();
  ASSERT_EQ(claim().messages.size(), 1U);
  ASSERT_TRUE(settle(taken_as("pm-2", id, 2)));
  EXPECT_EQ(status(id), Status::kDelivered);
  EXPECT_EQ(find(id).error_code, "");
  EXPECT_EQ(find(id).attempts.size(), 2U);
}

TEST_P(ReceiptRetry, MayFailTheRetryWhichCanBeRetriedAgain) {
  const auto id = retried_after_a_receipt();
  ASSERT_EQ(claim().messages.size(), 1U);
  ASSERT_TRUE(settle(taken_as("pm-2", id, 2)));
  EXPECT_EQ(report("pm-2", false).applied, 1U);
  EXPECT_TRUE(retry(id));
  EXPECT_EQ(claim().messages.at(0).attempt, 3U);
}

TEST_P(ReceiptRetry, OfADeliveredMessageIsRefused) {
  const auto id = send_as("pm-1");
  report("pm-1", true);
  const auto answer = retry(id);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, base::ErrorCode::kConflict);
}

}  // namespace
}  // namespace herald::store
