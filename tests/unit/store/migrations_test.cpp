#include "store/migrations.h"

#include <fstream>

#include <gtest/gtest.h>

#include "store/database.h"
#include "support/temp_dir.h"

namespace herald::store {
namespace {

class Migrations : public ::testing::Test {
 protected:
  static std::string made(const std::string& path) {
    std::ofstream(path).flush();
    return path;
  }

  test::TempDir directory_;
  Database database_{made((directory_ / "herald.db").string()), Database::Mode::kReadWrite, ""};
};

TEST_F(Migrations, AnEmptyFileStandsAtVersionZero) {
  EXPECT_EQ(read_schema_version(database_), 0);
}

TEST_F(Migrations, LeadToTheVersionOfThisBuild) {
  migrate(database_);
  EXPECT_EQ(read_schema_version(database_), schema_version());
}

TEST_F(Migrations, AreAppliedOnce) {
  migrate(database_);
  database_.execute("UPDATE write_proof SET writes = 7");
  migrate(database_);
  EXPECT_EQ(database_.query_number("SELECT writes FROM write_proof"), 7);
}

TEST_F(Migrations, AFailedOneLeavesNothingBehind) {
  database_.execute("PRAGMA application_id = 1213352004; CREATE TABLE attempt(x)");
  EXPECT_THROW(migrate(database_), SqliteError);
  EXPECT_EQ(database_.query_number("PRAGMA user_version"), 0);
  EXPECT_EQ(database_.query_number("SELECT count(*) FROM sqlite_schema WHERE name = 'message'"), 0);
}

TEST_F(Migrations, RefuseAVersionFromTheFuture) {
  migrate(database_);
  database_.execute(("PRAGMA user_version = " + std::to_string(schema_version() + 1)).c_str());
  EXPECT_THROW(read_schema_version(database_), SqliteError);
}

TEST_F(Migrations, RefuseANegativeVersion) {
  migrate(database_);
  database_.execute("PRAGMA user_version = -1");
  EXPECT_THROW(read_schema_version(database_), SqliteError);
}

TEST_F(Migrations, RefuseAVersionedFileOfAnotherApplication) {
  database_.execute("PRAGMA user_version = 1");
  EXPECT_THROW(read_schema_version(database_), SqliteError);
}

}  // namespace
}  // namespace herald::store
