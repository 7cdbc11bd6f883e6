// A key archive on a database of its own, stepped by hand. Each step stands for one call between two batches.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "store/database.h"
#include "store/key_archive.h"
#include "store/key_log.h"
#include "store/key_reads.h"
#include "support/manual_clock.h"
#include "support/recording_log.h"
#include "support/temp_dir.h"

namespace herald::store {

class Archive : public ::testing::Test {
 protected:
  static constexpr std::chrono::hours kTtl{8};
  static constexpr std::chrono::hours kBucket{1};

  // More than ten rows begin a move; four keys are copied at once, six rows deleted.
  Archive();

  // What a start does, on what is stored.
  void restart();

  // Uses the key now, for the message with its number.
  void use(std::uint32_t key) { use(key, key); }
  void use(std::uint32_t key, std::int64_t message);
  void use_all(std::uint32_t first, std::uint32_t last);

  // The message for which the key was used within the time-to-live, as a reader finds it; 0 for none.
  std::int64_t found(std::uint32_t key) { return found_since(key, clock_.wall() - kTtl); }
  std::int64_t found_since(std::uint32_t key, base::WallTime not_before);
  // Each for the message with its number.
  ::testing::AssertionResult all_found(std::uint32_t first, std::uint32_t last);

  void step() { archive_->run_if_due(); }
  // As many steps as it takes until they change nothing any more.
  void settle();

  std::int64_t log_rows() { return database_->query_number("SELECT count(*) FROM idempotency_log"); }
  std::int64_t stored() { return database_->query_number("SELECT count(*) FROM idempotency_key"); }
  std::int64_t buckets() { return database_->query_number("SELECT count(*) FROM idempotency_bucket"); }

  // Keys whose order differs from that of their numbers, as that of digests does.
  static domain::Digest digest(std::uint32_t number);

  test::TempDir directory_;
  test::ManualClock clock_;
  test::RecordingLog log_;
  KeyArchive::Limits limits_;
  RecentKeys recent_{1};
  std::optional<Database> database_;
  std::optional<KeyLog> key_log_;
  std::optional<KeyArchive> archive_;
  std::optional<KeyReads> reads_;
};

}  // namespace herald::store
