// Receipts and what the file holds of them: an operator's retry, bounds, age, a disk that fails.
#include <sqlite3.h>

#include "fault_vfs.h"
#include "sqlite_fixture.h"
#include "store/receipt_book.h"
#include "store/receipt_sweep.h"

namespace herald::store {
namespace {

using domain::MessageId;
using domain::Status;

class Receipts : public SqliteFixture {
 protected:
  Receipts() { options_.vfs = vfs_.name(); }
  ~Receipts() override { close(); }

  void settle(MessageId id, std::uint32_t attempt, const std::string& provider_message_id) {
    Settlement item;
    item.id = id;
    item.attempt = {attempt, "alpha", {}, clock_.wall(), std::chrono::milliseconds{1}};
    item.attempt.outcome.kind = domain::OutcomeKind::kSuccess;
    item.attempt.outcome.provider_message_id = provider_message_id;
    item.receipts = true;
    Command command = Settle{{item}, {}};
    ASSERT_TRUE(store_->apply({&command, 1}));
  }
  MessageId send_as(const std::string& provider_message_id) {
    const auto id = accept().value();
    EXPECT_EQ(claim().value().messages.size(), 1U);
    settle(id, 1, provider_message_id);
    return id;
  }

  base::Result<Received> try_report(const std::string& provider_message_id, bool delivered) {
    base::Result<Received> answer = base::fail(base::ErrorCode::kInternal, "done was not called");
    Receive receive;
    receive.provider = receive.source = "alpha";
    receive.receipts = {{provider_message_id, delivered, ""}};
    receive.done = [&answer](base::Result<Received> result) { answer = std::move(result); };
    Command command = std::move(receive);
    static_cast<void>(store_->apply({&command, 1}));
    return answer;
  }
  Received report(const std::string& provider_message_id, bool delivered) {
    return try_report(provider_message_id, delivered).value();
  }

  // What an operator's retry leaves in the file: the message waits for its next attempt.
  void retry_by_hand(MessageId id) {
    const auto text = std::to_string(id.value());
    close();
    execute("UPDATE delivery SET status = 1, spent = attempts WHERE message_id = " + text);
    execute(
        "INSERT INTO ready(provider_id, channel, due, message_id, expires_at, attempt, spent)"
        " SELECT m.provider_id, m.channel, d.due, m.id, m.expires_at, d.attempts + 1, d.attempts"
        " FROM message m JOIN delivery d ON d.message_id = m.id WHERE m.id = " +
        text);
    open();
  }
  // Receipts for messages that never settle, each a millisecond younger than the one before, the last of them now.
  void park(std::uint64_t count) {
    close();
    execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(count) +
            ") INSERT INTO early_receipt SELECT 1, 'parked-' || i, 1, '', " +
            std::to_string(base::unix_ms(clock_.wall())) + " - " + std::to_string(count) + " + i FROM n");
    open();
  }
  std::int64_t parked() const {
    sqlite3* handle = nullptr;
    std::int64_t count = -1;
    const auto take = [](void* to, int /*columns*/, char** row, char** /*names*/) {
      *static_cast<std::int64_t*>(to) = std::stoll(row[0]);
      return 0;
    };
    sqlite3_open(database().c_str(), &handle);
    sqlite3_exec(handle, "SELECT count(*) FROM early_receipt", take, &count, nullptr);
    sqlite3_close(handle);
    return count;
  }
  Status status(MessageId id) { return store_->reader().find(id).value().status; }

  test::FaultVfs vfs_;
};

TEST_F(Receipts, OfAnEarlierAttemptIsIgnoredWhileTheRetryWaits) {
  open();
  const auto id = send_as("pm-1");
  report("pm-1", false);
  retry_by_hand(id);
  EXPECT_EQ(report("pm-1", true).ignored, 1U);
  EXPECT_EQ(status(id), Status::kPending);
}

TEST_F(Receipts, OfAnEarlierAttemptIsIgnoredWhileTheRetryIsDispatching) {
  open();
  const auto id = send_as("pm-1");
  report("pm-1", false);
  retry_by_hand(id);
  ASSERT_EQ(claim().value().messages.size(), 1U);
  EXPECT_EQ(report("pm-1", true).ignored, 1U);
  EXPECT_EQ(status(id), Status::kDispatching);
}

TEST_F(Receipts, OfAnEarlierAttemptIsIgnoredOnceTheRetryIsDispatched) {
  open();
  const auto id = send_as("pm-1");
  report("pm-1", false);
  retry_by_hand(id);
  ASSERT_EQ(claim().value().messages.size(), 1U);
  settle(id, 2, "pm-2");
  EXPECT_EQ(report("pm-1", false).ignored, 1U);
  EXPECT_EQ(status(id), Status::kDispatched);
  EXPECT_EQ(report("pm-2", true).applied, 1U);
  EXPECT_EQ(status(id), Status::kDelivered);
}

TEST_F(Receipts, OfARetryMayComeEarlyToo) {
  open();
  const auto id = send_as("pm-1");
  report("pm-1", false);
  retry_by_hand(id);
  EXPECT_EQ(report("pm-2", true).parked, 1U);
  ASSERT_EQ(claim().value().messages.size(), 1U);
  settle(id, 2, "pm-2");
  EXPECT_EQ(status(id), Status::kDelivered);
}

TEST_F(Receipts, BeyondTheBoundDisplaceTheOldest) {
  open();
  const auto id = accept().value();
  ASSERT_EQ(claim().value().messages.size(), 1U);
  park(ReceiptBook::kMostParked);
  EXPECT_EQ(report("pm-new", true).parked, 1U);
  EXPECT_EQ(log_.of("store.receipts_displaced").at(0).fields.at("count"), "1");
  EXPECT_EQ(report("parked-2", true).ignored, 1U) << "it still waits";
  EXPECT_EQ(report("parked-1", true).parked, 1U) << "the oldest had gone";
  EXPECT_EQ(parked(), static_cast<std::int64_t>(ReceiptBook::kMostParked));
  ASSERT_EQ(claim().value().messages.size(), 1U);
  settle(id, 1, "pm-new");
  EXPECT_EQ(status(id), Status::kDelivered);
}

TEST_F(Receipts, AreRemovedAfterAWeekInSmallSteps) {
  open();
  ASSERT_TRUE(accept());
  park(ReceiptSweep::kMostOfAStep + 3);
  clock_.advance(ReceiptBook::kParkedAtMost);
  store_->maintain();
  EXPECT_EQ(log_.of("store.receipts_removed").at(0).fields.at("count"), std::to_string(ReceiptSweep::kMostOfAStep));
  store_->maintain();
  EXPECT_EQ(log_.of("store.receipts_removed").at(1).fields.at("count"), "2");
  EXPECT_EQ(parked(), 1) << "it is a week old, and no older";
  clock_.advance(ReceiptSweep::kInterval);
  store_->maintain();
  EXPECT_EQ(parked(), 0);
}

TEST_F(Receipts, AreNotLookedThroughMoreThanOnceAnInterval) {
  open();
  ASSERT_TRUE(accept());
  park(2);
  clock_.advance(ReceiptBook::kParkedAtMost);
  store_->maintain();
  ASSERT_EQ(log_.of("store.receipts_removed").size(), 1U);
  clock_.advance(std::chrono::milliseconds{1});
  store_->maintain();
  EXPECT_EQ(log_.of("store.receipts_removed").size(), 1U);
  clock_.advance(ReceiptSweep::kInterval);
  store_->maintain();
  EXPECT_EQ(log_.of("store.receipts_removed").size(), 2U);
}

TEST_F(Receipts, WhenNoneIsOldMaintainingWritesNothing) {
  open();
  ASSERT_TRUE(accept());
  park(1);
  ASSERT_TRUE(accept());
  vfs_.log_syncs = 0;
  store_->maintain();
  EXPECT_EQ(vfs_.log_syncs, 0);
}

TEST_F(Receipts, AFailedRemovalClosesTheStoreUntilItHasRecovered) {
  open();
  ASSERT_TRUE(accept());
  park(1);
  clock_.advance(ReceiptBook::kParkedAtMost + std::chrono::milliseconds{1});
  vfs_.log_sync = SQLITE_IOERR_FSYNC;
  store_->maintain();
  vfs_.log_sync = SQLITE_OK;
  EXPECT_EQ(log_.of("store.maintenance_failed").size(), 1U);
  EXPECT_FALSE(accept());
  ASSERT_TRUE(store_->recover());
  EXPECT_TRUE(accept());
  store_->maintain();
  EXPECT_EQ(log_.of("store.receipts_removed").size(), 1U);
}

TEST_F(Receipts, AFailedCommitAppliesAndParksNothing) {
  open();
  const auto id = send_as("pm-1");
  vfs_.log_sync = SQLITE_IOERR_FSYNC;
  EXPECT_FALSE(try_report("pm-1", true));
  vfs_.log_sync = SQLITE_OK;
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(status(id), Status::kDispatched);
  EXPECT_EQ(report("pm-1", true).applied, 1U);
  vfs_.log_sync = SQLITE_IOERR_FSYNC;
  EXPECT_FALSE(try_report("pm-2", true));
  vfs_.log_sync = SQLITE_OK;
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(report("pm-2", true).parked, 1U);
}

}  // namespace
}  // namespace herald::store
