// What an operator's retry changes for a lane, and what a settlement says of receipts.
#include <gtest/gtest.h>

#include "delivery_fixture.h"

namespace herald::delivery {
namespace {

class LaneAfterARetry : public LaneTest {
 protected:
  // The second failure is final, and the breaker stays out of it.
  static Options rules() {
    auto chosen = options();
    chosen.retry.max_retries = 1;
    chosen.breaker.failure_threshold = 1'000;
    return chosen;
  }
  LaneAfterARetry() : LaneTest(rules()) { sms().always(error()); }

  domain::MessageId fail_one() {
    const auto id = accept();
    pass(seconds{5});
    EXPECT_EQ(status(id), Status::kFailed);
    EXPECT_EQ(store_.row(id).attempts.size(), 2U);
    return id;
  }
};

TEST_F(LaneAfterARetry, HasAFreshBudgetOfAttempts) {
  const auto id = fail_one();
  retry(id);
  pass(seconds{5});
  EXPECT_EQ(status(id), Status::kFailed);
  EXPECT_EQ(store_.row(id).attempts.size(), 4U);
}

TEST_F(LaneAfterARetry, GoesOnWithTheNumbersOfItsAttempts) {
  const auto id = fail_one();
  sms().always(success());
  retry(id);
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
  EXPECT_EQ(sms().calls().back().attempt, 3U);
}

using LaneReceipts = LaneTest;

TEST_F(LaneReceipts, ASettlementSaysThatItsProviderSendsReceipts) {
  sms().emit_receipts();
  const auto id = accept();
  settle_down();
  EXPECT_TRUE(store_.row(id).receipts);
}

TEST_F(LaneReceipts, OrThatItSendsNone) {
  const auto id = accept();
  settle_down();
  ASSERT_EQ(status(id), Status::kDispatched);
  EXPECT_FALSE(store_.row(id).receipts);
}

}  // namespace
}  // namespace herald::delivery
