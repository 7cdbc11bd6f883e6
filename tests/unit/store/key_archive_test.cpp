// How keys move from the log into buckets.
#include "key_archive_fixture.h"

namespace herald::store {
namespace {

TEST_F(Archive, AShortLogOfTheOpenBucketIsLeftAlone) {
  use_all(1, 10);
  settle();
  EXPECT_EQ(log_rows(), 10);
  EXPECT_EQ(stored(), 0);
}

TEST_F(Archive, ALongLogMoves) {
  use_all(1, 11);
  settle();
  EXPECT_EQ(log_rows(), 0);
  EXPECT_EQ(recent_.size(), 0U);
  EXPECT_EQ(stored(), 11);
  EXPECT_TRUE(all_found(1, 11));
}

TEST_F(Archive, AShortLogMovesWhenItsBucketIsOver) {
  use(1);
  clock_.advance(kBucket);
  settle();
  EXPECT_EQ(log_rows(), 0);
  EXPECT_EQ(found(1), 1);
}

TEST_F(Archive, NoKeyIsInvisibleAfterAnyStepOfAMove) {
  use_all(1, 40);
  for (int steps = 0; steps < 40; ++steps) {
    step();
    ASSERT_TRUE(all_found(1, 40)) << "after step " << steps;
  }
  EXPECT_EQ(log_rows(), 0);
}

TEST_F(Archive, EachStepHasItsBound) {
  use_all(1, 40);
  for (int steps = 0; steps < 40; ++steps) {
    const auto rows = log_rows();
    const auto keys = stored();
    step();
    ASSERT_LE(stored() - keys, 4);
    ASSERT_LE(rows - log_rows(), 6);
  }
}

TEST_F(Archive, TheLogKeepsItsRowsUntilTheLastCopyIsCommitted) {
  use_all(1, 11);
  while (stored() < 11) {
    EXPECT_EQ(log_rows(), 11);
    step();
  }
}

TEST_F(Archive, WhatComesDuringAMoveStaysForTheNext) {
  use_all(1, 11);
  step();
  use_all(12, 15);
  settle();
  EXPECT_EQ(log_rows(), 4);
  EXPECT_EQ(recent_.size(), 4U);
  EXPECT_TRUE(all_found(1, 15));
}

TEST_F(Archive, AKeyThatIsUsedAgainDuringAMoveStandsForItsLastUse) {
  use_all(1, 11);
  step();
  use_all(12, 14);
  for (std::uint32_t key = 1; key <= 14; ++key)
    use(key, 100 + key);
  settle();
  for (std::uint32_t key = 1; key <= 14; ++key)
    EXPECT_EQ(found(key), 100 + key);
  use_all(15, 30);
  settle();
  for (std::uint32_t key = 1; key <= 14; ++key)
    EXPECT_EQ(found(key), 100 + key);
}

// The memory that keys take, whatever the rate: while each step copies more than comes between two steps.
TEST_F(Archive, TheLogStaysBoundedWhileHalfAsManyKeysComeAsAStepCopies) {
  std::int64_t longest = 0;
  for (std::uint32_t key = 1; key <= 2'000; key += 2) {
    use_all(key, key + 1);
    step();
    longest = std::max(longest, log_rows());
    ASSERT_LE(recent_.size(), static_cast<std::size_t>(log_rows()));
  }
  EXPECT_LE(longest, 3 * 10);
}

TEST_F(Archive, ARestartInTheMiddleOfAMoveLosesNothingAndDoublesNothing) {
  for (int steps = 1; steps <= 8; ++steps) {
    const auto first = static_cast<std::uint32_t>(steps * 100);
    use_all(first, first + 19);
    for (int count = 0; count < steps; ++count)
      step();
    restart();
    ASSERT_TRUE(all_found(first, first + 19)) << "after " << steps << " steps";
    settle();
    ASSERT_TRUE(all_found(first, first + 19)) << "after " << steps << " steps and a whole move";
  }
  clock_.advance(kBucket);
  settle();
  EXPECT_EQ(stored(), 8 * 20);
  EXPECT_EQ(log_rows(), 0);
}

TEST_F(Archive, KeysOfTwoBucketsMoveInOneGo) {
  use_all(1, 6);
  clock_.advance(kBucket);
  use_all(7, 12);
  settle();
  EXPECT_EQ(buckets(), 2);
  EXPECT_TRUE(all_found(1, 12));
}

TEST_F(Archive, OfTwoBucketsWithOneKeyTheNewestUseCounts) {
  use(1, 10);
  clock_.advance(kBucket);
  settle();
  use(1, 20);
  clock_.advance(kBucket);
  settle();
  ASSERT_EQ(stored(), 2);
  EXPECT_EQ(found(1), 20);
}

TEST_F(Archive, AFailedStepIsLoggedOnceAndTriedAgain) {
  use_all(1, 11);
  step();
  database_->execute("ALTER TABLE idempotency_key RENAME TO gone");
  for (int count = 0; count < 5; ++count) {
    step();
    clock_.advance(KeyArchive::kRetryInterval);
  }
  EXPECT_EQ(log_.of("store.keys_not_moved").size(), 1U);
  EXPECT_EQ(log_rows(), 11);
  database_->execute("ALTER TABLE gone RENAME TO idempotency_key");
  settle();
  EXPECT_EQ(log_rows(), 0);
  EXPECT_TRUE(all_found(1, 11));
}

TEST_F(Archive, AFailedStepWaitsBeforeItIsTriedAgain) {
  use_all(1, 11);
  database_->execute("ALTER TABLE idempotency_key RENAME TO gone");
  step();
  database_->execute("ALTER TABLE gone RENAME TO idempotency_key");
  step();
  EXPECT_EQ(stored(), 0);
  clock_.advance(KeyArchive::kRetryInterval);
  step();
  EXPECT_EQ(stored(), 4);
}

TEST_F(Archive, AStoredDigestOfAnotherLengthIsReportedAsDamage) {
  database_->execute("INSERT INTO idempotency_log(key, request, message_id, accepted_at) VALUES(x'00', x'00', 1, 1)");
  EXPECT_THROW(read_key_log(*database_), SqliteError);
}

}  // namespace
}  // namespace herald::store
