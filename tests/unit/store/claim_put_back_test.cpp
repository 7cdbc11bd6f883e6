// Claims whose commit was durable although it was reported as failed.
#include <sqlite3.h>

#include "fault_vfs.h"
#include "sqlite_fixture.h"

namespace herald::store {
namespace {

using domain::MessageId;
using domain::Status;

class ClaimPutBack : public SqliteFixture {
 protected:
  ClaimPutBack() { options_.vfs = vfs_.name(); }
  ~ClaimPutBack() override { close(); }

  Status status(MessageId id) { return store_->reader().find(id).value().status; }
  QueueDepth depth() { return store_->reader().queue_depths().value().at(0); }

  // Fails after it has reached the disk.
  void claim_in_vain() {
    vfs_.commit_end = SQLITE_IOERR;
    EXPECT_FALSE(claim());
    vfs_.commit_end = SQLITE_OK;
  }

  Settlement taken(MessageId id) const {
    Settlement item;
    item.id = id;
    item.attempt = {1, "alpha", {}, clock_.wall(), std::chrono::milliseconds{1}};
    item.attempt.outcome.kind = domain::OutcomeKind::kSuccess;
    return item;
  }

  // The first attempt ends with a retry that is due at once.
  std::vector<Command> settle_and_claim(MessageId id) const {
    auto item = taken(id);
    item.attempt.outcome.kind = domain::OutcomeKind::kError;
    item.status = Status::kPending;
    item.retry_at = clock_.wall();
    std::vector<Command> batch;
    batch.emplace_back(Settle{{item}, {}});
    batch.emplace_back(Claim{"alpha", 10, clock_.wall(), {}});
    return batch;
  }

  test::FaultVfs vfs_;
};

TEST_F(ClaimPutBack, TheFaultOfTheseTestsLeavesTheClaimOnTheDisk) {
  open();
  const auto id = accept().value();
  claim_in_vain();
  EXPECT_EQ(status(id), Status::kDispatching);
}

TEST_F(ClaimPutBack, TheRecoveryPutsTheMessagesBack) {
  open();
  const auto id = accept().value();
  claim_in_vain();
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_EQ(depth().waiting, 1U);
  EXPECT_EQ(depth().dispatching, 0U);
  const auto claimed = claim().value();
  ASSERT_EQ(claimed.messages.size(), 1U);
  EXPECT_EQ(claimed.messages.front().attempt, 1U);
  const auto told = log_.of("store.claims_put_back");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.front().fields.at("count"), "1");
}

TEST_F(ClaimPutBack, LeavesWhatALaneHas) {
  open();
  const auto held = accept().value();
  ASSERT_TRUE(claim());
  const auto lost = accept().value();
  claim_in_vain();
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(status(held), Status::kDispatching);
  EXPECT_EQ(status(lost), Status::kPending);
}

TEST_F(ClaimPutBack, LeavesTheAnsweredClaimsWhenALaterBatchNeverBegan) {
  open();
  const auto held = accept().value();
  ASSERT_TRUE(claim());
  const std::filesystem::path away = database().string() + ".away";
  std::filesystem::rename(database(), away);
  EXPECT_FALSE(accept());
  std::filesystem::rename(away, database());
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(status(held), Status::kDispatching);
}

TEST_F(ClaimPutBack, LeavesWhatWasReleasedAndClaimedInOneBatchToItsLane) {
  open();
  const auto id = accept().value();
  ASSERT_TRUE(claim());
  std::vector<Command> batch;
  batch.emplace_back(Release{{id}, {}});
  batch.emplace_back(Claim{"alpha", 10, clock_.wall(), {}});
  vfs_.commit_end = SQLITE_IOERR;
  EXPECT_FALSE(store_->apply(batch));
  vfs_.commit_end = SQLITE_OK;
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(status(id), Status::kDispatching) << "its lane releases it again";
}

TEST_F(ClaimPutBack, PutsBackWhatWasSettledAndClaimedForItsNextAttemptInOneBatch) {
  open();
  const auto id = accept().value();
  ASSERT_TRUE(claim());
  auto batch = settle_and_claim(id);
  vfs_.commit_end = SQLITE_IOERR;
  EXPECT_FALSE(store_->apply(batch));
  vfs_.commit_end = SQLITE_OK;
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(status(id), Status::kPending) << "its lane can settle the first attempt only";
  const auto claimed = claim().value();
  ASSERT_EQ(claimed.messages.size(), 1U);
  EXPECT_EQ(claimed.messages.front().attempt, 2U);
}

TEST_F(ClaimPutBack, LeavesItToItsLaneWhenTheSettlementWasNotDurableEither) {
  open();
  const auto id = accept().value();
  ASSERT_TRUE(claim());
  auto batch = settle_and_claim(id);
  vfs_.log_write = SQLITE_FULL;
  EXPECT_FALSE(store_->apply(batch));
  vfs_.log_write = SQLITE_OK;
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(status(id), Status::kDispatching) << "its lane settles the first attempt again";
}

TEST_F(ClaimPutBack, TriesAgainAfterARecoveryThatFailed) {
  open();
  const auto id = accept().value();
  claim_in_vain();
  vfs_.log_sync = SQLITE_IOERR_FSYNC;
  EXPECT_FALSE(store_->recover());
  vfs_.log_sync = SQLITE_OK;
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(status(id), Status::kPending);
}

TEST_F(ClaimPutBack, IsSilentWhenTheClaimWasNotDurable) {
  open();
  const auto id = accept().value();
  vfs_.log_sync = SQLITE_IOERR_FSYNC;
  EXPECT_FALSE(claim());
  vfs_.log_sync = SQLITE_OK;
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_EQ(depth().waiting, 1U);
  EXPECT_TRUE(log_.of("store.claims_put_back").empty());
}

TEST_F(ClaimPutBack, ASettlementAfterIsOfTheNewClaim) {
  open();
  const auto id = accept().value();
  claim_in_vain();
  ASSERT_TRUE(store_->recover());
  ASSERT_TRUE(claim());
  Command settle = Settle{{taken(id)}, {}};
  ASSERT_TRUE(store_->apply({&settle, 1}));
  EXPECT_EQ(status(id), Status::kDispatched);
}

}  // namespace
}  // namespace herald::store
