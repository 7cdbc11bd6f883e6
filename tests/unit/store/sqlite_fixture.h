// A SQLite store in a folder of its own, and what tests do to its files.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "observe/metrics.h"
#include "store/sqlite_store.h"
#include "support/manual_clock.h"
#include "support/recording_log.h"
#include "support/temp_dir.h"

namespace herald::store {

class SqliteFixture : public ::testing::Test {
 protected:
  SqliteFixture();

  base::Result<std::unique_ptr<SqliteStore>> try_open();
  void open();
  void close() { store_.reset(); }

  domain::NewMessage message() const;
  base::Result<domain::MessageId> accept();
  base::Result<Claimed> claim();

  std::filesystem::path database() const { return std::filesystem::path(options_.data_dir) / "herald.db"; }
  std::filesystem::path log_file() const { return database().string() + "-wal"; }
  // Runs SQL on the closed database as another program would.
  void execute(const std::string& sql) const;
  static std::string bytes_of(const std::filesystem::path& path);
  static void write(const std::filesystem::path& path, const std::string& bytes);

  test::TempDir directory_;
  test::ManualClock clock_;
  test::RecordingLog log_;
  observe::Metrics metrics_;
  Options options_;
  std::unique_ptr<SqliteStore> store_;
};

}  // namespace herald::store
