// A write-ahead log that a dead process left: what is taken, and what is damage.
#include "store/log_check.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include <gmock/gmock.h>

#include "store/database.h"
#include "support/temp_dir.h"

namespace herald::store {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::size_t kHeader = 32;
constexpr std::size_t kFrame = 24 + 4'096;

class LogCheck : public ::testing::Test {
 protected:
  LogCheck() {
    std::ofstream(live_).flush();
    fs::create_directories(directory_ / "left");
    database_.emplace(live_.string(), Database::Mode::kReadWrite, "");
    database_->execute("PRAGMA page_size = 4096");
    database_->query_text("PRAGMA journal_mode = WAL");
    database_->execute("PRAGMA synchronous = FULL");
    database_->execute("PRAGMA wal_autocheckpoint = 0");
    database_->execute("CREATE TABLE number(value)");
  }

  void commit(int times = 1) {
    for (; times > 0; --times)
      database_->execute("INSERT INTO number VALUES(zeroblob(3000))");
  }
  // The files as they stand, as a process that is killed leaves them.
  void die() {
    for (const char* const end : {"", "-wal", "-shm"})
      fs::copy_file(live_.string() + end, left_ + end, fs::copy_options::overwrite_existing);
  }
  // The machine died, not the process alone: nothing tells what the log held.
  void lose_index() { fs::remove(left_ + "-shm"); }

  std::string log() const {
    std::ifstream in(left_ + "-wal", std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put_log(const std::string& bytes) const { std::ofstream(left_ + "-wal", std::ios::binary) << bytes; }
  std::size_t frames() const { return (log().size() - kHeader) / kFrame; }
  void damage(std::size_t at) const {
    auto bytes = log();
    bytes.at(at) = static_cast<char>(bytes.at(at) ^ 0x10);
    put_log(bytes);
  }
  void cut(std::size_t bytes) const { fs::resize_file(left_ + "-wal", bytes); }
  static std::size_t frame_at(std::size_t number) { return kHeader + (number - 1) * kFrame; }

  bool taken() const { return check_log(left_).has_value(); }
  std::string refusal() const {
    const auto checked = check_log(left_);
    if (checked) return "it was taken";
    EXPECT_EQ(checked.error().code, base::ErrorCode::kCorrupt);
    EXPECT_THAT(checked.error().message, HasSubstr("herald backup"));
    return checked.error().message;
  }

  test::TempDir directory_;
  const fs::path live_ = directory_ / "live.db";
  const std::string left_ = (directory_ / "left" / "herald.db").string();
  std::optional<Database> database_;
};

TEST_F(LogCheck, TakesALogThatIsWhole) {
  commit(5);
  die();
  EXPECT_TRUE(taken());
  lose_index();
  EXPECT_TRUE(taken());
}

TEST_F(LogCheck, TakesADatabaseWithoutALog) {
  commit();
  database_.reset();
  fs::copy_file(live_, left_);
  EXPECT_TRUE(taken());
}

TEST_F(LogCheck, TakesALogThatACheckpointHasEmptied) {
  commit(5);
  database_->execute("PRAGMA wal_checkpoint(TRUNCATE)");
  die();
  EXPECT_EQ(log().size(), 0U);
  EXPECT_TRUE(taken());
}

TEST_F(LogCheck, TakesALogThatBeganAnewOverOldFrames) {
  commit(8);
  database_->execute("PRAGMA wal_checkpoint(PASSIVE)");
  commit(2);
  die();
  ASSERT_GT(frames(), 8U) << "old frames stand behind the new ones";
  EXPECT_TRUE(taken());
  lose_index();
  EXPECT_TRUE(taken());
}

TEST_F(LogCheck, TakesAnEndThatALossOfPowerTore) {
  commit(5);
  die();
  lose_index();
  cut(log().size() - 100);
  EXPECT_TRUE(taken());
  damage(frame_at(frames()) + 50);
  EXPECT_TRUE(taken());
}

// SQLite writes it before it is known to be needed, and nothing stands behind it.
TEST_F(LogCheck, TakesAHeaderThatALossOfPowerTore) {
  commit();
  die();
  lose_index();
  cut(kHeader);
  damage(3);
  EXPECT_TRUE(taken());
  cut(20);
  EXPECT_TRUE(taken());
}

TEST_F(LogCheck, RefusesALogOfWhichAnyByteIsWrong) {
  commit(6);
  die();
  const auto whole = log();
  for (std::size_t frame = 1; frame <= frames(); ++frame) {
    for (const std::size_t place : {0U, 5U, 9U, 17U, 23U, 24U, 1'000U, 4'119U}) {
      damage(frame_at(frame) + place);
      EXPECT_THAT(refusal(), HasSubstr(left_ + "-wal")) << "frame " << frame << ", byte " << place;
      put_log(whole);
    }
  }
  EXPECT_TRUE(taken());
}

TEST_F(LogCheck, RefusesADamagedFrameWithLaterCommitsAlsoWithoutItsIndex) {
  commit(6);
  die();
  lose_index();
  damage(frame_at(3) + 1'000);
  EXPECT_THAT(refusal(), HasSubstr("frame 3 of " + left_ + "-wal damaged"));
}

TEST_F(LogCheck, RefusesALogThatWasCut) {
  commit(6);
  die();
  const auto all = frames();
  cut(frame_at(all));
  EXPECT_THAT(refusal(), HasSubstr("expected " + std::to_string(all) + " frames"));
}

TEST_F(LogCheck, RefusesADamagedHeader) {
  commit(3);
  die();
  for (const std::size_t place : {0U, 9U, 12U, 18U, 25U, 31U}) {
    damage(place);
    EXPECT_THAT(refusal(), HasSubstr("header")) << place;
    damage(place);
  }
  lose_index();
  damage(18);
  EXPECT_THAT(refusal(), HasSubstr("header"));
}

TEST_F(LogCheck, RefusesAnIndexWhoseLogIsGone) {
  commit(3);
  die();
  fs::remove(left_ + "-wal");
  EXPECT_THAT(refusal(), HasSubstr("without " + left_ + "-wal"));
}

TEST_F(LogCheck, TakesAnIndexWithoutALogWhenAllOfItIsInTheDatabase) {
  commit(3);
  database_->execute("PRAGMA wal_checkpoint(PASSIVE)");
  die();
  fs::remove(left_ + "-wal");
  EXPECT_TRUE(taken());
}

// A process that takes a log over reads commits in it that the one before it had not synced when it was killed.
TEST_F(LogCheck, DoesNotBelieveAnIndexOfAProcessThatCommittedNothing) {
  commit(3);
  die();
  lose_index();
  const auto whole = log();
  Database reader(left_, Database::Mode::kReadWrite, "");
  EXPECT_EQ(reader.query_number("SELECT count(*) FROM number"), 3);
  cut(frame_at(frames()));
  EXPECT_TRUE(taken());
  put_log(whole);
  reader.execute("INSERT INTO number VALUES(0)");
  cut(frame_at(frames()));
  EXPECT_THAT(refusal(), HasSubstr("-shm tells"));
}

TEST_F(LogCheck, LeavesEveryFileAsItIs) {
  commit(6);
  die();
  damage(frame_at(2));
  const auto before = log();
  refusal();
  EXPECT_EQ(log(), before);
  EXPECT_TRUE(fs::exists(left_ + "-shm"));
}

TEST_F(LogCheck, GoesOnAfterTheCureThatItTells) {
  commit(6);
  die();
  damage(frame_at(frames() - 3));
  EXPECT_THAT(refusal(), HasSubstr("sqlite3 " + left_ + " 'SELECT count(*) FROM message; PRAGMA wal_checkpoint'"));
  Database(left_, Database::Mode::kReadWrite, "").execute("SELECT count(*) FROM number; PRAGMA wal_checkpoint");
  EXPECT_TRUE(taken());
  const auto left = Database(left_, Database::Mode::kReadWrite, "").query_number("SELECT count(*) FROM number");
  EXPECT_GT(left, 0);
  EXPECT_LT(left, 6);
}

}  // namespace
}  // namespace herald::store
