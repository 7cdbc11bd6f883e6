#include "store/statement.h"

#include <sqlite3.h>

#include <array>
#include <fstream>

#include <gtest/gtest.h>

#include "store/database.h"
#include "store/transaction.h"
#include "support/temp_dir.h"

namespace herald::store {
namespace {

class Statements : public ::testing::Test {
 protected:
  Statements() { database_.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT) STRICT"); }
  static std::string made(const std::string& path) {
    std::ofstream(path).flush();
    return path;
  }

  std::int64_t rows() { return database_.query_number("SELECT count(*) FROM t"); }

  test::TempDir directory_;
  Database database_{made((directory_ / "x.db").string()), Database::Mode::kReadWrite, ""};
};

TEST_F(Statements, BindAndReadExactBytes) {
  const std::string bytes("a\0b\xE2\x82\xAC\0", 7);
  Statement(database_, "INSERT INTO t VALUES(1, ?1)").bind(1, bytes).run();
  Statement select(database_, "SELECT x FROM t");
  ASSERT_TRUE(select.step());
  EXPECT_EQ(select.text(0), bytes);
}

TEST_F(Statements, BindBytesThatAreNoText) {
  database_.execute("CREATE TABLE b(id INTEGER PRIMARY KEY, x BLOB NOT NULL) STRICT");
  const std::array<std::uint8_t, 3> bytes{0xFF, 0x00, 0x80};
  Statement(database_, "INSERT INTO b VALUES(1, ?1)").bind_bytes(1, bytes).run();
  Statement(database_, "INSERT INTO b VALUES(2, ?1)").bind_bytes(1, {}).run();
  Statement select(database_, "SELECT x FROM b ORDER BY id");
  ASSERT_TRUE(select.step());
  EXPECT_EQ(select.text(0), std::string_view("\xFF\0\x80", 3));
  ASSERT_TRUE(select.step());
  EXPECT_EQ(select.text(0), "");
}

TEST_F(Statements, TellAnEmptyTextFromNull) {
  Statement insert(database_, "INSERT INTO t(x) VALUES(?1)");
  insert.bind(1, std::string_view{}).run();
  insert.bind_null(1).run();
  Statement select(database_, "SELECT x FROM t ORDER BY id");
  ASSERT_TRUE(select.step());
  EXPECT_FALSE(select.is_null(0));
  EXPECT_EQ(select.text(0), "");
  ASSERT_TRUE(select.step());
  EXPECT_TRUE(select.is_null(0));
}

TEST_F(Statements, CountWhatTheyChanged) {
  Statement insert(database_, "INSERT INTO t(x) VALUES('a'), ('b')");
  EXPECT_EQ(insert.run(), 2);
  EXPECT_EQ(Statement(database_, "DELETE FROM t WHERE x = 'z'").run(), 0);
}

TEST_F(Statements, ThrowWhatSqliteSaysAndStayUsable) {
  Statement insert(database_, "INSERT INTO t VALUES(?1, 'a')");
  insert.bind(1, std::int64_t{1}).run();
  try {
    insert.run();
    FAIL() << "the key was there already";
  } catch (const SqliteError& error) {
    EXPECT_EQ(error.code(), SQLITE_CONSTRAINT_PRIMARYKEY);
    EXPECT_NE(std::string(error.what()).find("t.id"), std::string::npos) << error.what();
  }
  EXPECT_EQ(insert.bind(1, std::int64_t{2}).run(), 1);
}

TEST_F(Statements, RefuseWrongSql) {
  EXPECT_THROW(Statement(database_, "SELEKT"), SqliteError);
}

TEST_F(Statements, RefuseAParameterThatIsNotThere) {
  Statement select(database_, "SELECT 1");
  EXPECT_THROW(select.bind(1, std::int64_t{1}), SqliteError);
}

TEST_F(Statements, ATransactionIsTakenBackUnlessCommitted) {
  {
    const Transaction transaction(database_);
    database_.execute("INSERT INTO t VALUES(1, 'a')");
  }
  EXPECT_EQ(rows(), 0);
  Transaction transaction(database_);
  database_.execute("INSERT INTO t VALUES(1, 'a')");
  transaction.commit();
  EXPECT_EQ(rows(), 1);
}

TEST_F(Statements, ADatabaseThatIsNotThereIsNotMade) {
  const auto path = (directory_ / "none.db").string();
  EXPECT_THROW(Database(path, Database::Mode::kReadWrite, "").query_number("PRAGMA user_version"), SqliteError);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(SqliteErrors, AreToldByWhatTheyMeanForTheHost) {
  const auto code_of = [](int code) { return to_error(SqliteError(code, "x"), "/d/herald.db").code; };
  EXPECT_EQ(code_of(SQLITE_CORRUPT_INDEX), base::ErrorCode::kCorrupt);
  EXPECT_EQ(code_of(SQLITE_NOTADB), base::ErrorCode::kCorrupt);
  EXPECT_EQ(code_of(SQLITE_READONLY_DBMOVED), base::ErrorCode::kPermission);
  EXPECT_EQ(code_of(SQLITE_IOERR_FSYNC), base::ErrorCode::kUnavailable);
  EXPECT_EQ(code_of(SQLITE_FULL), base::ErrorCode::kUnavailable);
  EXPECT_EQ(code_of(SQLITE_BUSY), base::ErrorCode::kUnavailable);
  EXPECT_EQ(code_of(SQLITE_CONSTRAINT), base::ErrorCode::kInternal);
}

}  // namespace
}  // namespace herald::store
