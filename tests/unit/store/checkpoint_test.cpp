// The length of the write-ahead log.
#include <sqlite3.h>

#include "sqlite_fixture.h"

namespace herald::store {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{64} * 20'000;

class Checkpoints : public SqliteFixture {
 protected:
  Checkpoints() { options_.wal_limit_bytes = 16U << 20U; }

  // Accepts that many bytes of bodies, with a chance to check in between, as the writer does.
  void write_megabytes(std::size_t count) {
    for (std::size_t written = 0; written < count << 20U; written += kBatchBytes) {
      std::vector<Command> batch;
      for (int at = 0; at < 64; ++at) {
        auto big = message();
        big.content.body.assign(20'000, 'b');
        batch.emplace_back(Accept{std::move(big), {}, {}});
      }
      ASSERT_TRUE(store_->apply(batch));
      store_->maintain();
      longest_ = std::max(longest_, std::filesystem::file_size(log_file()));
    }
  }

  std::uintmax_t longest_ = 0;
};

// A connection that holds the state of the database at its making.
class LongReader {
 public:
  explicit LongReader(const std::filesystem::path& path) {
    EXPECT_EQ(sqlite3_open(path.c_str(), &handle_), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(handle_, "BEGIN; SELECT count(*) FROM message", nullptr, nullptr, nullptr), SQLITE_OK);
  }
  ~LongReader() { sqlite3_close(handle_); }
  LongReader(const LongReader&) = delete;
  LongReader& operator=(const LongReader&) = delete;

 private:
  sqlite3* handle_ = nullptr;
};

TEST_F(Checkpoints, TheLogStaysUnderItsLimitWhileMuchMoreIsWritten) {
  open();
  write_megabytes(100);
  EXPECT_LT(longest_, options_.wal_limit_bytes);
  EXPECT_GT(metrics_.checkpoints.value(), 5U);
}

TEST_F(Checkpoints, TellsTheLengthOfTheLog) {
  open();
  EXPECT_EQ(metrics_.wal_bytes.value(), 0);
  ASSERT_TRUE(accept());
  EXPECT_GT(metrics_.wal_bytes.value(), 4'096);
}

TEST_F(Checkpoints, AShortLogIsLeftAlone) {
  open();
  const auto before = metrics_.checkpoints.value();
  ASSERT_TRUE(accept());
  store_->maintain();
  EXPECT_EQ(metrics_.checkpoints.value(), before);
}

TEST_F(Checkpoints, AReaderThatHoldsTheLogIsToldOfAndTheLogShrinksWhenItIsGone) {
  open();
  ASSERT_TRUE(accept());
  {
    const LongReader reader(database());
    write_megabytes(40);
    EXPECT_GT(longest_, options_.wal_limit_bytes);
    EXPECT_FALSE(log_.of("store.wal_over_limit").empty());
  }
  write_megabytes(20);
  EXPECT_LE(std::filesystem::file_size(log_file()), options_.wal_limit_bytes);
}

}  // namespace
}  // namespace herald::store
