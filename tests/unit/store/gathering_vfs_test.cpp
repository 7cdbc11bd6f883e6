// SQLite over a log whose writes are gathered, and the gathered file by itself.
#include "store/gathering_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fault_vfs.h"
#include "store/database.h"
#include "support/temp_dir.h"

namespace herald::store {
namespace {

class GatheringVfsTest : public ::testing::Test {
 protected:
  GatheringVfsTest() {
    writer_.execute("PRAGMA journal_mode = WAL");
    writer_.execute("PRAGMA synchronous = FULL");
    writer_.execute("CREATE TABLE page(number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
    writer_.execute("CREATE TABLE moment(number INTEGER PRIMARY KEY)");
  }

  static std::string made(const std::string& path) {
    std::ofstream(path).flush();
    return path;
  }
  std::string path() const { return (folder_ / "herald.db").string(); }

  // Each fills a page or nearly so.
  void insert(int pages) {
    writer_.execute(("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                     std::to_string(pages) +
                     ") INSERT INTO page(number, bytes)"
                     " SELECT coalesce((SELECT max(number) FROM page), 0) + i, randomblob(4000) FROM n")
                        .c_str());
  }
  void begin() { writer_.execute("BEGIN IMMEDIATE"); }
  void commit() { writer_.execute("COMMIT"); }
  void take_back() { writer_.execute("ROLLBACK"); }
  // Every page of the transaction but these is written to the log before its commit.
  void keep_in_memory(int pages) { writer_.execute(("PRAGMA cache_size = " + std::to_string(pages)).c_str()); }

  // As a connection sees it that knows nothing of what is held.
  std::int64_t seen() { return reader().query_number("SELECT count(*) FROM page"); }
  std::string integrity() { return reader().query_text("PRAGMA integrity_check"); }
  Database reader() const { return Database(path(), Database::Mode::kReadOnly, below_.name()); }

  test::TempDir folder_;
  test::FaultVfs below_;
  GatheringVfs vfs_{below_.name()};
  Database writer_{made(path()), Database::Mode::kReadWrite, vfs_.name()};
};

TEST_F(GatheringVfsTest, WritesTheManyPagesOfACommitAtOnce) {
  begin();
  insert(20);
  below_.log_writes = 0;
  commit();
  EXPECT_EQ(below_.log_writes, 1);
}

TEST_F(GatheringVfsTest, HoldsNoMoreThanItsBound) {
  constexpr int kPages = 300;
  begin();
  insert(kPages);
  below_.log_writes = 0;
  commit();
  EXPECT_GE(below_.log_writes, kPages * 4'096 / GatheringVfs::kHeldBytes);
  EXPECT_LE(below_.log_writes, kPages * 4'096 / GatheringVfs::kHeldBytes + 5);
}

TEST_F(GatheringVfsTest, ACommitIsSeenByOthersAtOnce) {
  auto other = reader();
  for (std::int64_t commits = 1; commits <= 50; ++commits) {
    insert(1);
    EXPECT_EQ(other.query_number("SELECT count(*) FROM page"), commits);
    EXPECT_EQ(other.query_number("SELECT sum(length(bytes)) FROM page"), 4'000 * commits);
  }
}

TEST_F(GatheringVfsTest, ATransactionReadsItsOwnPagesThatWereHeld) {
  keep_in_memory(10);
  begin();
  below_.log_writes = 0;
  insert(200);
  EXPECT_GT(below_.log_writes, 0) << "it came to the log before its commit";
  EXPECT_EQ(writer_.query_number("SELECT count(*) FROM page WHERE length(bytes) = 4000"), 200);
  writer_.execute("UPDATE page SET bytes = zeroblob(3999)");
  EXPECT_EQ(writer_.query_number("SELECT count(*) FROM page WHERE bytes = zeroblob(3999)"), 200);
  commit();
  EXPECT_EQ(reader().query_number("SELECT count(*) FROM page WHERE bytes = zeroblob(3999)"), 200);
  EXPECT_EQ(integrity(), "ok");
}

TEST_F(GatheringVfsTest, WhatWasTakenBackIsNotSeenWhenTheNextCommitIsWritten) {
  keep_in_memory(10);
  for (int turn = 1; turn <= 20; ++turn) {
    begin();
    insert(15 + turn);
    take_back();
    insert(1);
    EXPECT_EQ(seen(), turn);
  }
  EXPECT_EQ(integrity(), "ok");
}

TEST_F(GatheringVfsTest, ACheckpointMovesEveryCommit) {
  for (int turn = 0; turn < 10; ++turn) {
    insert(40);
    writer_.execute(turn % 2 == 0 ? "PRAGMA wal_checkpoint(PASSIVE)" : "PRAGMA wal_checkpoint(TRUNCATE)");
  }
  EXPECT_EQ(seen(), 400);
  EXPECT_EQ(integrity(), "ok");
}

TEST_F(GatheringVfsTest, AWriteThatFailsFailsTheCommitAndNothingIsSynced) {
  insert(1);
  for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
    begin();
    insert(5);
    below_.log_syncs = 0;
    below_.log_write = code;
    try {
      commit();
      ADD_FAILURE() << "the commit succeeded";
    } catch (const SqliteError& error) {
      EXPECT_EQ(error.code(), code);
    }
    EXPECT_EQ(below_.log_syncs, 0);
    below_.log_write = SQLITE_OK;
    EXPECT_EQ(seen(), 1);
  }
}

TEST_F(GatheringVfsTest, AConnectionGoesOnAfterAFailedWrite) {
  insert(1);
  begin();
  insert(50);
  below_.log_write = SQLITE_FULL;
  EXPECT_THROW(commit(), SqliteError);
  below_.log_write = SQLITE_OK;
  insert(3);
  EXPECT_EQ(seen(), 4);
  EXPECT_EQ(integrity(), "ok");
}

TEST_F(GatheringVfsTest, AWriteThatFailsBeforeTheCommitFailsTheStatement) {
  insert(1);
  keep_in_memory(10);
  begin();
  below_.log_write = SQLITE_FULL;
  EXPECT_THROW(insert(200), SqliteError);
  below_.log_write = SQLITE_OK;
  if (sqlite3_get_autocommit(writer_.handle()) == 0) take_back();
  insert(1);
  EXPECT_EQ(seen(), 2);
  EXPECT_EQ(integrity(), "ok");
}

TEST_F(GatheringVfsTest, AFailedSyncIsNotCalledAgain) {
  begin();
  insert(5);
  below_.log_syncs = 0;
  below_.log_sync = SQLITE_IOERR_FSYNC;
  EXPECT_THROW(commit(), SqliteError);
  EXPECT_EQ(below_.log_syncs, 1);
  below_.log_sync = SQLITE_OK;
  EXPECT_EQ(seen(), 0);
}

TEST_F(GatheringVfsTest, RefusesALayerThatDoesNotExist) {
  EXPECT_THROW(std::make_unique<GatheringVfs>("none of that name"), SqliteError);
}

// A log's file by itself, beside a string that is written as it should be.
class GatheredFileTest : public ::testing::Test {
 protected:
  GatheredFileTest() {
    std::ofstream(path_.substr(0, path_.size() - 4)).flush();  // SQLite's layer takes the log's mode from it
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_WAL;
    EXPECT_EQ(layer_->xOpen(layer_, path_.c_str(), file(), kFlags, nullptr), SQLITE_OK);
  }
  ~GatheredFileTest() override { calls().xClose(file()); }

  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }
  const sqlite3_io_methods& calls() { return *file()->pMethods; }

  std::size_t any(std::size_t below) { return random_() % below; }

  // Mostly behind the last one, as SQLite writes a log, and from its begin when it is long.
  void write() {
    if (next_ > 300'000) next_ = 0;
    const std::size_t at = any(8) != 0 ? next_ : any(expected_.size() + 1);
    const std::size_t count = any(3) == 0 ? 24 : any(50) == 0 ? GatheringVfs::kHeldBytes + any(8'000) : 1 + any(4'096);
    const std::string bytes(count, static_cast<char>(random_()));
    if (at > expected_.size()) return;
    if (calls().xWrite(file(), bytes.data(), static_cast<int>(count), static_cast<sqlite3_int64>(at)) != SQLITE_OK) {
      return;
    }
    if (expected_.size() < at + count) expected_.resize(at + count);
    expected_.replace(at, count, bytes);
    next_ = at + count;
  }
  void read() {
    if (expected_.empty()) return;
    const std::size_t at = any(expected_.size());
    std::string found(1 + any(std::min<std::size_t>(expected_.size() - at, 9'000)), '\0');
    const int code =
        calls().xRead(file(), found.data(), static_cast<int>(found.size()), static_cast<sqlite3_int64>(at));
    if (code == SQLITE_OK) {
      EXPECT_TRUE(expected_.compare(at, found.size(), found) == 0) << found.size() << " bytes at " << at;
    } else {
      EXPECT_EQ(code, below_.log_write);
    }
  }
  void truncate() {
    const std::size_t size = any(expected_.size() + 1);
    if (calls().xTruncate(file(), static_cast<sqlite3_int64>(size)) == SQLITE_OK) expected_.resize(size);
  }
  void measure() {
    sqlite3_int64 size = 0;
    if (calls().xFileSize(file(), &size) != SQLITE_OK) return;
    EXPECT_EQ(static_cast<std::size_t>(size), expected_.size());
  }
  void sync() {
    if (calls().xSync(file(), SQLITE_SYNC_NORMAL) == SQLITE_OK) expect_on_disk();
  }
  void expect_on_disk() {
    std::ifstream in(path_, std::ios::binary);
    std::string found(expected_.size() + 1, '\0');
    in.read(found.data(), static_cast<std::streamsize>(found.size()));
    found.resize(static_cast<std::size_t>(in.gcount()));
    EXPECT_TRUE(found == expected_) << found.size() << " bytes, expected " << expected_.size();
  }
  void one_of_all() {
    switch (any(12)) {
      case 0:
        return read();
      case 1:
        return any(10) == 0 ? truncate() : measure();
      case 2:
        return sync();
      default:
        return write();
    }
  }

  test::TempDir folder_;
  const std::string path_ = (folder_ / "herald.db-wal").string();
  test::FaultVfs below_;
  GatheringVfs vfs_{below_.name()};
  sqlite3_vfs* const layer_ = sqlite3_vfs_find(vfs_.name().c_str());
  std::vector<std::max_align_t> memory_{static_cast<std::size_t>(layer_->szOsFile) / sizeof(std::max_align_t) + 1};
  std::mt19937_64 random_{1};
  std::string expected_;
  std::size_t next_ = 0;
};

TEST_F(GatheredFileTest, ShowsEveryWriteInItsPlace) {
  for (int count = 0; count < 3'000 && !HasFailure(); ++count)
    one_of_all();
  sync();
}

TEST_F(GatheredFileTest, LosesNothingThatItTookWhenWritesFailNowAndThen) {
  for (int count = 0; count < 3'000 && !HasFailure(); ++count) {
    below_.log_write = any(6) == 0 ? SQLITE_FULL : SQLITE_OK;
    one_of_all();
  }
  below_.log_write = SQLITE_OK;
  ASSERT_EQ(calls().xSync(file(), SQLITE_SYNC_NORMAL), SQLITE_OK);
  expect_on_disk();
}

}  // namespace
}  // namespace herald::store
