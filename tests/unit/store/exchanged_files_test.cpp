// Files of a store that were moved, cut or exchanged by hand: what was acknowledged is not lost with it.
#include "sqlite_fixture.h"
#include "store/database.h"
#include "support/private_folder.h"

namespace herald::store {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

class ExchangedFiles : public SqliteFixture {
 protected:
  // The error of an open that must be refused.
  base::Error refusal() {
    auto opened = try_open();
    if (!opened) return opened.error();
    ADD_FAILURE() << "the store opened";
    return {};
  }
  static bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

  // From here on the files as a killed process leaves them.
  void leave() {
    const auto killed = directory_ / "killed";
    test::make_private_folder(killed);
    for (const char* const end : {"", "-wal", "-shm"})
      fs::copy_file(database().string() + end, killed / (std::string("herald.db") + end));
    close();
    options_.data_dir = killed.string();
  }

  std::string foreign_database() {
    const auto path = directory_ / "theirs.db";
    write(path, "");
    Database theirs(path.string(), Database::Mode::kReadWrite, "");
    theirs.execute("CREATE TABLE theirs(x); INSERT INTO theirs VALUES(1)");
    return bytes_of(path);
  }
};

// SQLite takes it for empty too.
TEST_F(ExchangedFiles, ALogBesideADatabaseOfOneByteIsRefusedAndKept) {
  test::make_private_folder(options_.data_dir);
  write(database(), "x");
  write(log_file(), std::string(4'096, 'w'));
  EXPECT_EQ(refusal().code, ErrorCode::kCorrupt);
  EXPECT_EQ(bytes_of(log_file()), std::string(4'096, 'w'));
}

TEST_F(ExchangedFiles, NoReadOfACutDatabaseTakesItsLogAway) {
  open();
  const auto id = accept().value();
  const auto log = bytes_of(log_file());
  fs::resize_file(database(), 0);
  EXPECT_FALSE(accept());
  EXPECT_FALSE(store_->reader().messages({}, std::nullopt, 10));
  EXPECT_FALSE(store_->reader().find(id));
  EXPECT_EQ(bytes_of(log_file()), log);
}

TEST_F(ExchangedFiles, NothingIsAcceptedIntoADatabaseThatWasCut) {
  open();
  ASSERT_TRUE(accept());
  fs::resize_file(database(), 4'096);
  const auto refused = accept();
  ASSERT_FALSE(refused);
  EXPECT_TRUE(has(refused.error().message, "was cut")) << refused.error().message;
}

TEST_F(ExchangedFiles, ALogThatIsRemovedStopsTheAcceptingAndTakesNothingWithIt) {
  open();
  const auto before = accept().value();
  fs::remove(log_file());
  const auto refused = accept();
  ASSERT_FALSE(refused);
  EXPECT_TRUE(has(refused.error().message, "-wal was removed")) << refused.error().message;
  EXPECT_FALSE(store_->recover());
  // As a killed process would leave it.
  const auto left = bytes_of(database());
  close();
  write(database(), left);
  fs::remove(log_file());
  fs::remove(database().string() + "-shm");
  open();
  EXPECT_TRUE(store_->reader().find(before));
}

TEST_F(ExchangedFiles, ALogThatIsPutBackIsTakenUpAgain) {
  open();
  const auto before = accept().value();
  fs::rename(log_file(), directory_ / "away");
  EXPECT_FALSE(accept());
  fs::rename(directory_ / "away", log_file());
  ASSERT_TRUE(store_->recover());
  const auto after = accept().value();
  EXPECT_TRUE(store_->reader().find(before));
  EXPECT_TRUE(store_->reader().find(after));
}

TEST_F(ExchangedFiles, AnotherDatabaseBesideTheLogIsRefusedUntilItIsBack) {
  open();
  for (int count = 0; count < 10; ++count)
    ASSERT_TRUE(accept());
  leave();
  const auto ours = bytes_of(database());
  const auto theirs = foreign_database();
  write(database(), theirs);
  const auto log = bytes_of(log_file());
  EXPECT_EQ(refusal().code, ErrorCode::kCorrupt);
  EXPECT_EQ(bytes_of(database()), theirs);
  EXPECT_EQ(bytes_of(log_file()), log);
  write(database(), ours);
  open();
  EXPECT_EQ(store_->reader().queue_depths().value().at(0).waiting, 10U);
}

TEST_F(ExchangedFiles, ANewerSchemaInTheLogIsRefusedAndItsFilesAreLeft) {
  open();
  ASSERT_TRUE(accept());
  Database newer(database().string(), Database::Mode::kReadWrite, "");
  newer.execute("PRAGMA user_version = 99");
  leave();
  const auto before = bytes_of(database());
  const auto log = bytes_of(log_file());
  EXPECT_TRUE(has(refusal().message, "newer build"));
  EXPECT_EQ(bytes_of(database()), before);
  EXPECT_EQ(bytes_of(log_file()), log);
}

}  // namespace
}  // namespace herald::store
