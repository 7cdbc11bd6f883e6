#include "store_contract.h"

namespace herald::store {
namespace {

using domain::Status;
using Ids = std::vector<domain::MessageId>;

TEST_P(StoreContract, KeepsEverythingOverARestart) {
  const auto done = claim_new();
  ASSERT_TRUE(settle(taken(done)));
  const auto waiting = accept();
  restart();
  EXPECT_EQ(status(done), Status::kDispatched);
  EXPECT_EQ(find(done).attempts.size(), 1U);
  EXPECT_EQ(status(waiting), Status::kPending);
  EXPECT_EQ(depth().waiting, 1U);
  EXPECT_EQ(ids_of(claim()), Ids{waiting});
}

TEST_P(StoreContract, ResendsWhatWasInFlightAsTheSameAttempt) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now())));
  claim();
  restart(UncertainPolicy::kResend);
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_EQ(depth().waiting, 1U);
  EXPECT_EQ(depth().dispatching, 0U);
  const auto claimed = claim();
  EXPECT_EQ(ids_of(claimed), Ids{id});
  EXPECT_EQ(claimed.messages.at(0).attempt, 2U);
}

TEST_P(StoreContract, ResendsBeforeWhatCameLater) {
  const auto uncertain = claim_new();
  clock_.advance(ms(1));
  const auto later = accept();
  restart(UncertainPolicy::kResend);
  EXPECT_EQ(ids_of(claim()), (Ids{uncertain, later}));
}

TEST_P(StoreContract, HoldsWhatWasInFlightAsADeadLetter) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now())));
  claim();
  clock_.advance(ms(5));
  restart(UncertainPolicy::kHold);
  EXPECT_EQ(status(id), Status::kFailed);
  EXPECT_EQ(find(id).error_code, "uncertain");
  EXPECT_EQ(find(id).attempts.size(), 1U);
  EXPECT_EQ(find(id).updated_at, now());
  EXPECT_EQ(depth().dispatching, 0U);
  EXPECT_TRUE(claim().messages.empty());
}

TEST_P(StoreContract, HoldsAFirstAttemptToo) {
  const auto id = claim_new();
  restart(UncertainPolicy::kHold);
  EXPECT_EQ(status(id), Status::kFailed);
  EXPECT_EQ(find(id).error_code, "uncertain");
}

TEST_P(StoreContract, LogsHowManyWereUncertain) {
  claim_new();
  claim_new();
  restart(UncertainPolicy::kHold);
  const auto opened = log_.of("store.opened");
  EXPECT_EQ(opened.back().fields.at("uncertain"), "2");
  EXPECT_EQ(opened.back().fields.at("uncertain_policy"), "hold");
}

TEST_P(StoreContract, OnlyWhatWasInFlightIsUncertain) {
  const auto waiting = accept();
  restart(UncertainPolicy::kHold);
  EXPECT_EQ(status(waiting), Status::kPending);
}

TEST_P(StoreContract, RecoveringAnOpenStoreLeavesWhatIsInFlightAlone) {
  const auto id = claim_new();
  ASSERT_TRUE(store().recover());
  EXPECT_EQ(status(id), Status::kDispatching);
  EXPECT_TRUE(settle(taken(id)));
  EXPECT_EQ(status(id), Status::kDispatched);
}

}  // namespace
}  // namespace herald::store
