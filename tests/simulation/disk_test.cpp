// The simulated disk keeps what a real one keeps: a simulation on one that forgets nothing proves nothing.
#include "disk.h"

#include <gtest/gtest.h>

#include "store/database.h"
#include "store/statement.h"
#include "store/transaction.h"

namespace herald::simulation {
namespace {

using store::Database;

class SimulatedDisk : public ::testing::Test {
 protected:
  static constexpr const char* kPath = "/simulated/test.db";

  void open() {
    database_.emplace(kPath, Database::Mode::kReadWrite, disk_.vfs());
    database_->execute("PRAGMA journal_mode = WAL");
    database_->execute("PRAGMA wal_autocheckpoint = 0");
    database_->execute("CREATE TABLE IF NOT EXISTS number(value INTEGER)");
  }
  void commit(bool synced = true) {
    database_->execute(synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
    database_->execute("INSERT INTO number VALUES(1)");
  }
  std::int64_t count() { return database_->query_number("SELECT count(*) FROM number"); }
  void crash(bool power_cut) {
    disk_.end_process();
    database_.reset();
    disk_.restart(power_cut, random_);
    disk_.heal();
    open();
  }

  base::SeededRandom random_{7};
  Disk disk_;
  std::optional<Database> database_;
};

TEST_F(SimulatedDisk, KeepsASyncedCommitInAPowerCut) {
  open();
  commit();
  crash(true);
  EXPECT_EQ(count(), 1);
}

TEST_F(SimulatedDisk, KeepsAnUnsyncedCommitWhenOnlyTheProcessDies) {
  open();
  commit(false);
  crash(false);
  EXPECT_EQ(count(), 1);
}

TEST_F(SimulatedDisk, LosesUnsyncedCommitsInPowerCuts) {
  open();
  constexpr int kCuts = 20;
  for (int i = 0; i < kCuts; ++i) {
    commit(false);
    crash(true);
  }
  EXPECT_LT(count(), kCuts);
  EXPECT_EQ(database_->query_text("PRAGMA quick_check"), "ok");
}

TEST_F(SimulatedDisk, LosesWhatIsWrittenBehindTheEndOfTheProcess) {
  open();
  commit();
  disk_.end_process();
  commit();
  EXPECT_EQ(count(), 2);
  crash(false);
  EXPECT_EQ(count(), 1);
}

TEST_F(SimulatedDisk, EndsTheProcessWithinACommit) {
  open();
  commit();
  disk_.end_process_after(1);
  commit();
  crash(false);
  EXPECT_EQ(count(), 1);
}

TEST_F(SimulatedDisk, KeepsACommittedCheckpointAndWhatFollowsIt) {
  open();
  commit();
  database_->execute("PRAGMA wal_checkpoint(TRUNCATE)");
  commit();
  crash(true);
  EXPECT_EQ(count(), 2);
}

TEST_F(SimulatedDisk, FailsACommitWhoseSyncFails) {
  open();
  disk_.fail(Disk::Fault::kLogSync);
  EXPECT_THROW(commit(), store::SqliteError);
  crash(false);
  disk_.fail(Disk::Fault::kLogWrite);
  EXPECT_THROW(commit(), store::SqliteError);
}

TEST_F(SimulatedDisk, TellsOfAFailureAlthoughTheCommitIsDurable) {
  open();
  disk_.fail(Disk::Fault::kCommitEnd);
  EXPECT_THROW(commit(), store::SqliteError);
  crash(true);
  EXPECT_EQ(count(), 1);
}

TEST_F(SimulatedDisk, HoldsASecondWriterOff) {
  open();
  Database other(kPath, Database::Mode::kReadWrite, disk_.vfs());
  store::Transaction transaction(*database_);
  EXPECT_THROW(store::Transaction{other}, store::SqliteError);
}

}  // namespace
}  // namespace herald::simulation
