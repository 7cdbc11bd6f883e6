// The store on a disk that fails.
#include <sqlite3.h>

#include <array>
#include <optional>

#include "fault_vfs.h"
#include "sqlite_fixture.h"

namespace herald::store {
namespace {

using base::ErrorCode;
using domain::MessageId;

class SqliteFaults : public SqliteFixture {
 protected:
  SqliteFaults() { options_.vfs = vfs_.name(); }
  ~SqliteFaults() override { close(); }

  void heal() { vfs_.log_sync = vfs_.log_write = vfs_.database_sync = vfs_.database_write = vfs_.opens = SQLITE_OK; }

  std::size_t waiting() {
    const auto depths = store_->reader().queue_depths().value();
    return depths.empty() ? 0 : depths.at(0).waiting;
  }

  test::FaultVfs vfs_;
};

struct Fault {
  const char* name;
  std::atomic<int> test::FaultVfs::*where;
  int code;
};

class SqliteCommitFaults : public SqliteFaults, public ::testing::WithParamInterface<Fault> {
 protected:
  void fail_commits() { vfs_.*GetParam().where = GetParam().code; }
};

TEST_P(SqliteCommitFaults, AcknowledgesNothingOfTheBatch) {
  open();
  std::array<std::optional<base::Result<MessageId>>, 3> answers;
  std::vector<Command> batch;
  for (auto& answer : answers)
    batch.emplace_back(
        Accept{message(), {}, [&answer](base::Result<MessageId> result) { answer = std::move(result); }});
  fail_commits();
  EXPECT_FALSE(store_->apply(batch));
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer);
    ASSERT_FALSE(*answer);
    EXPECT_EQ(answer->error().code, ErrorCode::kUnavailable);
  }
}

TEST_P(SqliteCommitFaults, KeepsWhatWasCommittedBefore) {
  open();
  const auto kept = accept().value();
  fail_commits();
  EXPECT_FALSE(accept());
  EXPECT_TRUE(store_->reader().find(kept)) << "reads go on while commits fail";
  heal();
  ASSERT_TRUE(store_->recover());
  EXPECT_TRUE(store_->reader().find(kept));
  EXPECT_EQ(claim().value().messages.size(), 1U);
}

TEST_P(SqliteCommitFaults, WhatFailedIsGoneAfterTheRecovery) {
  open();
  ASSERT_TRUE(accept());
  fail_commits();
  EXPECT_FALSE(accept());
  heal();
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(waiting(), 1U);
  const auto next = accept().value();
  EXPECT_EQ(store_->reader().find(next).value().ordinal, 1U) << "the failed accept took no ordinal";
}

TEST_P(SqliteCommitFaults, WhatFailedStaysGoneAfterARestart) {
  open();
  ASSERT_TRUE(accept());
  fail_commits();
  EXPECT_FALSE(accept());
  heal();
  ASSERT_TRUE(store_->recover());
  close();
  open();
  EXPECT_EQ(claim().value().messages.size(), 1U);
}

TEST_P(SqliteCommitFaults, LeavesNoConversationOfAFailedAccept) {
  open();
  fail_commits();
  EXPECT_FALSE(accept());
  heal();
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(store_->reader().conversations({}, 50).value().total, 0U);
  ASSERT_TRUE(accept());
  const auto page = store_->reader().conversations({}, 50).value();
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items.at(0).id, 1);
  EXPECT_EQ(page.items.at(0).message_count, 1U);
}

TEST_P(SqliteCommitFaults, AFailedClaimLeavesItsMessagesWaiting) {
  open();
  const auto id = accept().value();
  fail_commits();
  EXPECT_FALSE(claim());
  heal();
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(store_->reader().find(id).value().status, domain::Status::kPending);
  EXPECT_EQ(claim().value().messages.size(), 1U);
}

TEST_P(SqliteCommitFaults, DoesNotRecoverWhileTheFaultLasts) {
  open();
  fail_commits();
  EXPECT_FALSE(accept());
  EXPECT_FALSE(store_->recover());
  EXPECT_FALSE(accept());
  heal();
  EXPECT_TRUE(store_->recover());
  EXPECT_TRUE(accept());
}

TEST_P(SqliteCommitFaults, RefusesToStartWhileTheFaultLasts) {
  open();
  close();
  fail_commits();
  const auto opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kUnavailable);
  heal();
}

INSTANTIATE_TEST_SUITE_P(Faults, SqliteCommitFaults,
                         ::testing::Values(Fault{"FailedSync", &test::FaultVfs::log_sync, SQLITE_IOERR_FSYNC},
                                           Fault{"FailedWrite", &test::FaultVfs::log_write, SQLITE_IOERR_WRITE},
                                           Fault{"FullDisk", &test::FaultVfs::log_write, SQLITE_FULL}),
                         [](const auto& fault) { return std::string(fault.param.name); });

TEST_F(SqliteFaults, AFailedSyncIsNotTriedAgain) {
  open();
  vfs_.log_sync = SQLITE_IOERR_FSYNC;
  vfs_.log_syncs = 0;
  EXPECT_FALSE(accept());
  EXPECT_EQ(vfs_.log_syncs, 1);
  EXPECT_FALSE(accept()) << "the store is closed";
  EXPECT_EQ(vfs_.log_syncs, 1);
}

TEST_F(SqliteFaults, EveryCommitIsSynced) {
  open();
  ASSERT_TRUE(accept());  // the first one after a checkpoint syncs the log's header as well
  vfs_.log_syncs = 0;
  ASSERT_TRUE(accept());
  ASSERT_TRUE(claim());
  EXPECT_EQ(vfs_.log_syncs, 2);
}

TEST_F(SqliteFaults, ACommitIsWrittenToTheLogAtOnce) {
  open();
  ASSERT_TRUE(accept());
  vfs_.log_writes = 0;
  ASSERT_TRUE(accept());
  EXPECT_EQ(vfs_.log_writes, 1);
}

// Readers would look for what is held back, for nothing syncs it before they know of it.
TEST_F(SqliteFaults, DurabilityOfTheProcessHoldsNothingOfTheLogBack) {
  options_.durability = Durability::kProcess;
  open();
  ASSERT_TRUE(accept());
  vfs_.log_writes = 0;
  ASSERT_TRUE(accept());
  EXPECT_GE(vfs_.log_writes, 2 * 3) << "each page and its header";
}

TEST_F(SqliteFaults, DurabilityOfTheProcessSyncsNoCommit) {
  options_.durability = Durability::kProcess;
  open();
  ASSERT_TRUE(accept());
  vfs_.log_syncs = 0;
  ASSERT_TRUE(accept());
  EXPECT_EQ(vfs_.log_syncs, 0);
}

TEST_F(SqliteFaults, NothingIsAcknowledgedBeforeTheDatabaseFileTakesTheLog) {
  open();
  close();
  vfs_.database_sync = SQLITE_IOERR_FSYNC;
  EXPECT_FALSE(try_open());
  heal();
}

// SQLite answers "wal" then, takes the change back with the next read, and commits by a journal, which a loss of power
// may bring back.
TEST_F(SqliteFaults, AStoreThatGotNoLogIsNotOpened) {
  vfs_.next_remove = SQLITE_IOERR_DELETE;
  const auto opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kUnavailable);
  open();
  EXPECT_TRUE(accept());
}

TEST_F(SqliteFaults, TheRecoveryProvesTheDatabaseFileToo) {
  open();
  vfs_.log_sync = SQLITE_IOERR_FSYNC;
  EXPECT_FALSE(accept());
  heal();
  vfs_.database_write = SQLITE_FULL;
  EXPECT_FALSE(store_->recover());
  heal();
  EXPECT_TRUE(store_->recover());
}

TEST_F(SqliteFaults, ADatabaseThatCannotBeOpenedAgainStaysUnavailable) {
  open();
  vfs_.log_sync = SQLITE_IOERR_FSYNC;
  EXPECT_FALSE(accept());
  heal();
  vfs_.opens = SQLITE_CANTOPEN;
  const auto recovered = store_->recover();
  ASSERT_FALSE(recovered);
  EXPECT_EQ(recovered.error().code, ErrorCode::kUnavailable);
  heal();
  EXPECT_TRUE(store_->recover());
}

TEST_F(SqliteFaults, AFailedCheckpointLosesNothingAndIsLoggedOnce) {
  open();
  vfs_.database_write = SQLITE_FULL;
  MessageId last;
  while (metrics_.wal_bytes.value() < 40'000'000) {
    std::vector<Command> batch;
    for (int count = 0; count < 64; ++count) {
      auto big = message();
      big.content.body.assign(20'000, 'b');
      batch.emplace_back(Accept{big, {}, [&last](base::Result<MessageId> id) { last = id.value(); }});
    }
    ASSERT_TRUE(store_->apply(batch));
    store_->maintain();
  }
  EXPECT_EQ(log_.of("store.checkpoint_failed").size(), 1U);
  heal();
  store_->maintain();
  close();
  open();
  EXPECT_TRUE(store_->reader().find(last));
}

}  // namespace
}  // namespace herald::store
