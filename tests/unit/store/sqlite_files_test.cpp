// The store and the files that it finds.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sqlite_fixture.h"
#include "support/private_folder.h"

namespace herald::store {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

class SqliteFiles : public SqliteFixture {
 protected:
  // The error of an open that must be refused.
  base::Error refusal() {
    auto opened = try_open();
    if (!opened) return opened.error();
    ADD_FAILURE() << "the store opened";
    return {};
  }

  static bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
  static fs::perms mode_of(const fs::path& path) { return fs::status(path).permissions(); }
};

TEST_F(SqliteFiles, MakesTheDataDirectoryForItsOwnerAlone) {
  options_.data_dir = (directory_ / "deep/er/data").string();
  open();
  EXPECT_EQ(mode_of(options_.data_dir), fs::perms::owner_all);
  EXPECT_EQ(mode_of(database()), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(mode_of(log_file()), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(SqliteFiles, RefusesADirectoryOpenToOthersWithTheCure) {
  for (const auto open_to : {fs::perms::group_read, fs::perms::others_exec, fs::perms::group_write}) {
    fs::create_directories(options_.data_dir);
    fs::permissions(options_.data_dir, fs::perms::owner_all | open_to);
    const auto error = refusal();
    EXPECT_EQ(error.code, ErrorCode::kPermission);
    EXPECT_TRUE(has(error.message, "chmod 700 " + options_.data_dir)) << error.message;
    EXPECT_EQ(mode_of(options_.data_dir), fs::perms::owner_all | open_to) << "it is not closed behind anyone's back";
    EXPECT_TRUE(fs::is_empty(options_.data_dir)) << "nothing is written there";
  }
}

TEST_F(SqliteFiles, ASecondOwnerIsRefusedWithTheDirectoryAndTheFirstOnesPid) {
  open();
  const auto error = refusal();
  EXPECT_EQ(error.code, ErrorCode::kConflict);
  EXPECT_TRUE(has(error.message, options_.data_dir)) << error.message;
  EXPECT_TRUE(has(error.message, std::to_string(::getpid()))) << error.message;
  EXPECT_TRUE(accept()) << "the first owner is not disturbed";
}

TEST_F(SqliteFiles, AnotherProcessIsRefused) {
  open();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto opened = try_open();
    ::_exit(!opened && opened.error().code == ErrorCode::kConflict ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(SqliteFiles, TheDirectoryIsFreeOnceItsOwnerIsGone) {
  open();
  close();
  EXPECT_TRUE(try_open());
}

TEST_F(SqliteFiles, ARefusedOpenFreesTheDirectory) {
  write(database(), std::string(8'192, 'x'));
  refusal();
  fs::remove(database());
  EXPECT_TRUE(try_open());
}

TEST_F(SqliteFiles, ANewerSchemaIsRefusedWithBothVersionsAndTheCure) {
  open();
  close();
  execute("PRAGMA user_version = 99");
  const auto error = refusal();
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_TRUE(has(error.message, "99")) << error.message;
  EXPECT_TRUE(has(error.message, "newer build")) << error.message;
  EXPECT_FALSE(has(error.message, "damaged")) << error.message;
}

TEST_F(SqliteFiles, AFileThatIsNoDatabaseIsRefusedAndLeftAsItIs) {
  const std::string garbage(16'384, 'x');
  write(database(), garbage);
  const auto error = refusal();
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_TRUE(has(error.message, database().string())) << error.message;
  EXPECT_EQ(bytes_of(database()), garbage);
}

TEST_F(SqliteFiles, AnotherApplicationsDatabaseIsRefusedAndLeftAsItIs) {
  test::make_private_folder(options_.data_dir);
  execute("CREATE TABLE theirs(x); INSERT INTO theirs VALUES(1)");
  const auto before = bytes_of(database());
  const auto error = refusal();
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_TRUE(has(error.message, "another application")) << error.message;
  EXPECT_EQ(bytes_of(database()), before);
}

TEST_F(SqliteFiles, AnEmptyDatabaseFileIsMadeAStore) {
  write(database(), "");
  open();
  EXPECT_TRUE(accept());
}

TEST_F(SqliteFiles, ALogWithoutItsDatabaseIsRefusedAndKept) {
  write(log_file(), "frames");
  const auto error = refusal();
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_EQ(bytes_of(log_file()), "frames");
  EXPECT_FALSE(fs::exists(database()));
}

TEST_F(SqliteFiles, ALogBesideAnEmptyDatabaseIsRefusedAndKept) {
  write(database(), "");
  write(log_file(), "frames");
  EXPECT_EQ(refusal().code, ErrorCode::kCorrupt);
  EXPECT_EQ(bytes_of(log_file()), "frames");
}

TEST_F(SqliteFiles, NothingIsAcceptedWhileTheDatabaseIsGoneFromItsPlace) {
  open();
  const auto kept = accept().value();
  const fs::path away = database().string() + ".away";
  fs::rename(database(), away);
  EXPECT_EQ(accept().error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(store_->recover());
  EXPECT_FALSE(fs::exists(database()));

  fs::rename(away, database());
  ASSERT_TRUE(store_->recover());
  EXPECT_TRUE(accept());
  EXPECT_TRUE(store_->reader().find(kept));
}

TEST_F(SqliteFiles, NothingIsAcceptedIntoADatabaseThatWasCutToNothing) {
  open();
  ASSERT_TRUE(accept());
  fs::resize_file(database(), 0);
  EXPECT_EQ(accept().error().code, ErrorCode::kUnavailable);
}

TEST_F(SqliteFiles, DamageFoundByAReadIsToldAsDamage) {
  open();
  for (int count = 0; count < 200; ++count)
    ASSERT_TRUE(accept());
  close();
  auto bytes = bytes_of(database());
  // All but the first page, which holds the header and the schema.
  bytes.replace(4'096, std::string::npos, std::string(bytes.size() - 4'096, '\x5A'));
  write(database(), bytes);
  const auto error = refusal();
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_TRUE(has(error.message, "backup")) << error.message;
  EXPECT_EQ(bytes_of(database()), bytes);
}

class DeadProcess : public SqliteFiles {
 protected:
  // The files of a store that was killed with `count` commits in its log, in a directory of their own.
  void leave(int count) {
    open();
    for (; count > 0; --count)
      ASSERT_TRUE(accept());
    const auto killed = directory_ / "killed";
    fs::create_directories(killed);
    for (const char* const end : {"", "-wal", "-shm"})
      fs::copy_file(database().string() + end, killed / (std::string("herald.db") + end));
    close();
    options_.data_dir = killed.string();
  }
  void damage_log() {
    auto bytes = bytes_of(log_file());
    bytes.at(bytes.size() / 2) ^= 1;
    write(log_file(), bytes);
  }
};

TEST_F(DeadProcess, WithADamagedLogIsRefusedAndItsFilesAreLeft) {
  leave(10);
  damage_log();
  const auto before = bytes_of(log_file());
  const auto error = refusal();
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_TRUE(has(error.message, "backup")) << error.message;
  EXPECT_EQ(bytes_of(log_file()), before);
  EXPECT_EQ(refusal().code, ErrorCode::kCorrupt) << "a second start is no less careful";
}

// Such a log may be torn anywhere: that is what the setting gives up.
TEST_F(DeadProcess, WithADamagedLogIsTakenAsFarAsItIsWholeUnderDurabilityOfTheProcess) {
  leave(10);
  damage_log();
  options_.durability = Durability::kProcess;
  open();
  const auto waiting = store_->reader().queue_depths().value().at(0).waiting;
  EXPECT_GT(waiting, 0U);
  EXPECT_LT(waiting, 10U);
}

TEST_F(SqliteFiles, AValueThatNoVersionWritesIsDamage) {
  open();
  const auto id = accept().value();
  close();
  execute("UPDATE message SET channel = 77");
  open();
  const auto found = store_->reader().find(id);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kCorrupt);
}

TEST_F(SqliteFiles, ADirectoryThatCannotBeMadeIsNamed) {
  write(directory_ / "file", "");
  options_.data_dir = (directory_ / "file/data").string();
  EXPECT_TRUE(has(refusal().message, (directory_ / "file").string()));
}

TEST_F(SqliteFiles, ADirectoryThatMayNotBeWrittenIsAPermission) {
  test::make_private_folder(options_.data_dir);
  fs::permissions(directory_.path(), fs::perms::owner_all | fs::perms::others_exec);
  fs::permissions(options_.data_dir, fs::perms::owner_read | fs::perms::owner_exec);
  constexpr uid_t kNobody = 65'534;
  const bool root = ::geteuid() == 0;  // whom modes do not bind
  ASSERT_TRUE(!root || ::chown(options_.data_dir.c_str(), kNobody, kNobody) == 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (root && ::setresuid(kNobody, kNobody, kNobody) != 0) ::_exit(2);
    const auto opened = try_open();
    const bool told = !opened && opened.error().code == ErrorCode::kPermission && has(opened.error().message, "write");
    ::_exit(told ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(SqliteFiles, AnEmptyPathIsRefused) {
  options_.data_dir = "";
  EXPECT_EQ(refusal().code, ErrorCode::kInvalid);
}

TEST_F(SqliteFiles, AStoreThatWasClosedNeedsNoLog) {
  open();
  ASSERT_TRUE(accept());
  close();
  EXPECT_FALSE(fs::exists(log_file()));
}

TEST_F(SqliteFiles, AMemberOfAConversationWithoutItsMessageIsCorruption) {
  open();
  ASSERT_TRUE(accept());
  close();
  execute("DELETE FROM message");
  open();
  const auto page = store_->reader().conversation_messages(1, {}, 50);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace herald::store
