// A backup of a store that is open: whole, of one moment, and fit to be started from.
#include "store/backup.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "kept_store.h"
#include "sqlite_fixture.h"
#include "store/database.h"
#include "store/migrations.h"
#include "support/private_folder.h"

namespace herald::store {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using ::testing::HasSubstr;

class Backup : public SqliteFixture {
 protected:
  Backup() { fs::create_directories(folder_); }

  static bool go_on(const BackupProgress&) { return true; }
  base::Result<BackupReport> back_up_with(const std::function<bool(const BackupProgress&)>& go_on) {
    return back_up({options_.data_dir, file(), false}, go_on);
  }
  base::Result<BackupReport> take() { return back_up_with(go_on); }
  std::string file() const { return (folder_ / "copy.db").string(); }

  std::vector<std::string> left_behind() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_))
      names.push_back(entry.path().filename().string());
    return names;
  }
  // The store of the copy in place of the first one.
  void restore() {
    close();
    options_.data_dir = (directory_ / "restored").string();
    test::make_private_folder(options_.data_dir);
    fs::copy_file(file(), database());
    open();
  }
  std::size_t waiting() {
    const auto depths = store_->reader().queue_depths().value();
    return depths.empty() ? 0 : depths.at(0).waiting;
  }
  void accept_many(int count) {
    for (int at = 0; at < count; ++at)
      ASSERT_TRUE(accept());
  }

  fs::path folder_ = directory_ / "backups";
};

TEST_F(Backup, ShowsAllThatTheStoreShowed) {
  open();
  fill(*store_, clock_);
  ASSERT_TRUE(take());
  restore();
  std::ostringstream expected;
  expected << std::ifstream(fs::path(HERALD_KEPT_FILES) / ("v" + std::to_string(schema_version()) + ".txt")).rdbuf();
  EXPECT_EQ(describe(store_->reader()), expected.str());
}

TEST_F(Backup, RemovesWhatAKilledOneLeft) {
  open();
  const pid_t dead = ::fork();
  if (dead == 0) ::_exit(0);
  ASSERT_GT(dead, 0);
  ASSERT_EQ(::waitpid(dead, nullptr, 0), dead);
  std::ofstream(file() + ".part-" + std::to_string(dead)) << "half of a copy";
  ASSERT_TRUE(take());
  EXPECT_EQ(left_behind(), std::vector<std::string>{"copy.db"});
}

TEST_F(Backup, LeavesWhatIsNotAKilledOnes) {
  open();
  const std::string of_a_living_one = file() + ".part-" + std::to_string(::getppid());
  const std::string of_nobody = file() + ".part-of-a-letter";
  std::ofstream(of_a_living_one) << "half of a copy";
  std::ofstream(of_nobody) << "half of a letter";
  ASSERT_TRUE(take());
  EXPECT_TRUE(fs::exists(of_a_living_one));
  EXPECT_TRUE(fs::exists(of_nobody));
}

TEST_F(Backup, IsOneFileThatItsOwnerAloneMayRead) {
  open();
  accept_many(3);
  const auto report = take();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(left_behind(), std::vector<std::string>{"copy.db"});
  struct stat found {};
  ASSERT_EQ(::stat(file().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  EXPECT_EQ(report->bytes, fs::file_size(file()));
  EXPECT_EQ(report->schema_version, schema_version());
}

TEST_F(Backup, IsOfOneMomentWhileCommitsGoOn) {
  open();
  accept_many(300);
  int asked = 0;
  ASSERT_TRUE(back_up_with([&](const BackupProgress&) {
    ++asked;
    EXPECT_TRUE(accept());
    return true;
  }));
  EXPECT_GT(asked, 0);
  EXPECT_EQ(waiting(), 300U + static_cast<std::size_t>(asked));
  restore();
  EXPECT_EQ(waiting(), 300U);
}

TEST_F(Backup, HoldsWhatOnlyTheLogOfAKilledHostHolds) {
  open();
  accept_many(20);
  const auto killed = directory_ / "killed";
  fs::create_directories(killed);
  fs::copy_file(database(), killed / "herald.db");
  fs::copy_file(log_file(), killed / "herald.db-wal");
  options_.data_dir = killed.string();
  ASSERT_TRUE(take());
  restore();
  EXPECT_EQ(waiting(), 20U);
}

TEST_F(Backup, IsTakenOfAHostThatIsStopped) {
  open();
  accept_many(5);
  close();
  ASSERT_TRUE(take());
  restore();
  EXPECT_EQ(waiting(), 5U);
}

TEST_F(Backup, RefusesAFileThatIsThere) {
  open();
  write(file(), "mine");
  const auto report = take();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(report.error().message, HasSubstr("--force"));
  EXPECT_EQ(bytes_of(file()), "mine");
}

TEST_F(Backup, ReplacesAFileWhenToldTo) {
  open();
  accept_many(1);
  write(file(), "mine");
  ASSERT_TRUE(back_up({options_.data_dir, file(), true}, go_on));
  restore();
  EXPECT_EQ(waiting(), 1U);
}

TEST_F(Backup, NeverReplacesTheDatabaseItself) {
  open();
  fs::create_directory_symlink(options_.data_dir, directory_ / "link");
  for (const auto& place : {database(), directory_ / "link" / "herald.db", database().parent_path() / "herald.lock"}) {
    const auto report = back_up({options_.data_dir, place.string(), true}, go_on);
    ASSERT_FALSE(report) << place;
    EXPECT_EQ(report.error().code, ErrorCode::kInvalid);
  }
  EXPECT_TRUE(accept());
}

TEST_F(Backup, RefusesANameBesideWhichALogLies) {
  open();
  write(file() + "-wal", "of another database");
  const auto report = take();
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("-wal"));
}

TEST_F(Backup, TellsThatThereIsNoDatabase) {
  const auto report = take();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(report.error().message, HasSubstr("--data-dir"));
}

TEST_F(Backup, TellsThatTheFolderIsMissing) {
  open();
  const auto report = back_up({options_.data_dir, (directory_ / "none" / "copy.db").string(), false}, go_on);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kNotFound);
}

TEST_F(Backup, RefusesAFolder) {
  open();
  const auto report = back_up({options_.data_dir, folder_.string(), true}, go_on);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kInvalid);
}

TEST_F(Backup, NeverReplacesWhatIsNoRegularFile) {
  open();
  ASSERT_EQ(::mkfifo(file().c_str(), 0600), 0);
  auto report = back_up({options_.data_dir, file(), true}, go_on);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(fs::is_fifo(file()));
  const auto link = folder_ / "link.db";
  fs::create_symlink("elsewhere.db", link);
  report = back_up({options_.data_dir, link.string(), true}, go_on);
  ASSERT_FALSE(report);
  EXPECT_TRUE(fs::is_symlink(link));
}

TEST_F(Backup, RefusesADatabaseOfAnotherApplication) {
  test::make_private_folder(options_.data_dir);
  write(database(), "");
  execute("CREATE TABLE other(x)");
  const auto report = take();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kCorrupt);
  EXPECT_TRUE(left_behind().empty());
}

TEST_F(Backup, LeavesNothingWhenItIsInterrupted) {
  open();
  accept_many(300);
  const auto report = back_up_with([](const BackupProgress&) { return false; });
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kConflict);
  EXPECT_TRUE(left_behind().empty());
}

TEST_F(Backup, LeavesNothingWhenTheDiskIsFull) {
  open();
  accept_many(300);
  ASSERT_NE(std::signal(SIGXFSZ, SIG_IGN), SIG_ERR);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{16'384, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto report = take();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(report.error().message, HasSubstr("copy.db.part-"));
  EXPECT_TRUE(left_behind().empty());
  EXPECT_TRUE(accept());
}

TEST_F(Backup, OfADamagedDatabaseIsRefused) {
  open();
  accept_many(300);
  close();
  auto bytes = bytes_of(database());
  // Pages in the middle, beyond the schema.
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2), bytes.end() - 4'096, '\x5A');
  write(database(), bytes);
  const auto report = take();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kCorrupt) << report.error().message;
  EXPECT_TRUE(left_behind().empty());
}

}  // namespace
}  // namespace herald::store
