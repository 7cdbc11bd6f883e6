// Buckets of time: which keys they hold, and when they go; also with a clock that jumps and a changed setting.
#include "key_archive_fixture.h"

namespace herald::store {
namespace {

using std::chrono::minutes;

constexpr base::Milliseconds kInstant{1};

TEST_F(Archive, TheLogStaysBoundedWhileOldKeysAreRemovedToo) {
  limits_.most_deleted = 4 * limits_.most_copied;
  restart();
  use_all(1, 1'000);
  settle();
  clock_.advance(kTtl + kBucket);
  std::int64_t longest = 0;
  for (std::uint32_t key = 10'001; key <= 12'000; key += 2) {
    use_all(key, key + 1);
    step();
    longest = std::max(longest, log_rows());
  }
  EXPECT_LE(longest, 6 * 10);
  EXPECT_EQ(database_->query_number("SELECT count(*) FROM idempotency_key WHERE message_id <= 1000"), 0);
}

TEST_F(Archive, KeysAreFoundAtTheBordersOfTheirBuckets) {
  use(1);  // the first instant of a bucket
  clock_.advance(kBucket - kInstant);
  use(2);  // the last
  clock_.advance(kInstant);
  use(3);  // the first of the next
  clock_.advance(kBucket);
  settle();
  ASSERT_EQ(log_rows(), 0);
  EXPECT_EQ(buckets(), 2);
  const auto start = test::ManualClock::kStart;
  EXPECT_EQ(found_since(1, start), 1);
  EXPECT_EQ(found_since(1, start + kInstant), 0);
  EXPECT_EQ(found_since(2, start + kBucket - kInstant), 2);
  EXPECT_EQ(found_since(2, start + kBucket), 0);
  EXPECT_EQ(found_since(3, start + kBucket), 3);
  EXPECT_EQ(found_since(3, start + kBucket + kInstant), 0);
}

TEST_F(Archive, AKeyLivesToTheLastInstantOfItsTime) {
  clock_.advance(minutes{17});
  use(1);
  clock_.advance(kBucket);
  settle();
  clock_.advance(kTtl - kBucket);
  settle();
  EXPECT_EQ(found(1), 1);
  clock_.advance(kInstant);
  settle();
  EXPECT_EQ(found(1), 0);
}

TEST_F(Archive, ABucketGoesWhenItsLastKeyIsTooOld) {
  use_all(1, 20);
  settle();
  clock_.advance(kTtl + kBucket - kInstant);
  settle();
  EXPECT_EQ(stored(), 20);
  clock_.advance(kInstant);
  settle();
  EXPECT_EQ(stored(), 0);
  EXPECT_EQ(buckets(), 0);
}

TEST_F(Archive, ABucketGoesInPieces) {
  use_all(1, 20);
  settle();
  clock_.advance(kTtl + kBucket);
  std::vector<std::int64_t> left;
  while (buckets() > 0 && left.size() < 20) {
    step();
    left.push_back(stored());
  }
  EXPECT_EQ(left, (std::vector<std::int64_t>{14, 8, 2, 0}));
}

TEST_F(Archive, ARestartInTheMiddleOfARemovalEndsIt) {
  use_all(1, 20);
  settle();
  clock_.advance(kTtl + kBucket);
  step();
  ASSERT_EQ(stored(), 14);
  restart();
  settle();
  EXPECT_EQ(stored(), 0);
  EXPECT_EQ(buckets(), 0);
}

TEST_F(Archive, HoldsOneBucketMoreThanTheTimeToLiveHasParts) {
  std::int64_t most = 0;
  for (std::uint32_t half_hour = 0; half_hour < 40; ++half_hour) {
    use_all(20 * half_hour + 1, 20 * half_hour + 11);
    settle();
    ASSERT_EQ(log_rows(), 0);
    most = std::max(most, buckets());
    clock_.advance(minutes{30});
  }
  EXPECT_EQ(most, KeyArchive::kBucketsOfTtl + 1);
}

TEST_F(Archive, AKeyWhoseTimePassedInTheLogIsNotCopied) {
  use(1);
  clock_.advance(kTtl + kInstant);
  settle();
  EXPECT_EQ(log_rows(), 0);
  EXPECT_EQ(stored(), 0);
  EXPECT_EQ(found(1), 0);
}

TEST_F(Archive, AKeyUsedAgainAfterItsTimeStandsForTheNewUse) {
  use(1, 10);
  clock_.advance(kBucket);
  settle();
  clock_.advance(kTtl);
  ASSERT_EQ(found(1), 0);
  use(1, 20);
  EXPECT_EQ(found(1), 20);
  clock_.advance(kBucket);
  settle();
  EXPECT_EQ(found(1), 20);
}

TEST_F(Archive, ALongerTimeToLiveKeepsWhatIsThere) {
  use(1);
  clock_.advance(kBucket);
  settle();
  limits_.ttl = 4 * kTtl;
  restart();
  clock_.advance(3 * kTtl);
  use(2);
  clock_.advance(4 * kBucket);
  settle();
  EXPECT_EQ(found_since(1, clock_.wall() - limits_.ttl), 1);
  EXPECT_EQ(found_since(2, clock_.wall() - limits_.ttl), 2);
}

TEST_F(Archive, AShorterTimeToLiveRemovesWhatIsTooOldForIt) {
  use(1);
  clock_.advance(kBucket);
  use(2);
  clock_.advance(kBucket);
  settle();
  limits_.ttl = kBucket;
  restart();
  settle();
  EXPECT_EQ(found_since(2, clock_.wall() - kBucket), 2);
  EXPECT_EQ(buckets(), 1);
  EXPECT_EQ(stored(), 1);
}

TEST_F(Archive, BucketsOfTwoLengthsThatStartTogetherKeepTheirLastKey) {
  limits_.ttl = 4 * kTtl;  // buckets of four hours
  restart();
  clock_.advance(3 * kBucket);
  use(1);  // late in a bucket that started with the clock
  clock_.advance(kBucket);
  settle();
  clock_.jump_wall(-4 * kBucket);
  limits_.ttl = kTtl;  // buckets of one hour, the first of which starts there too
  restart();
  use(2);
  clock_.advance(kBucket);
  settle();
  ASSERT_EQ(stored(), 2);
  clock_.advance(kTtl + kBucket);
  settle();
  EXPECT_EQ(found(1), 1) << "the bucket was removed by the shorter of its ends";
}

TEST_F(Archive, ATimeToLiveOfASecondWorksWithBucketsOfAMinute) {
  limits_.ttl = std::chrono::seconds{1};
  restart();
  use(1);
  settle();
  EXPECT_EQ(log_rows(), 1);
  clock_.advance(minutes{1});
  settle();
  EXPECT_EQ(log_rows(), 0);
  EXPECT_EQ(buckets(), 0);
}

TEST_F(Archive, AClockThatJumpsBackHidesNoKey) {
  use_all(1, 3);
  clock_.jump_wall(-std::chrono::duration_cast<base::Milliseconds>(2 * kBucket));
  settle();
  EXPECT_EQ(log_rows(), 0) << "the log's first row belongs to another bucket than what comes now";
  EXPECT_TRUE(all_found(1, 3));
  use(4);
  clock_.advance(kBucket);
  settle();
  EXPECT_TRUE(all_found(1, 4));
}

TEST_F(Archive, KeysFromBeforeAJumpBackLiveUntilTheClockHasPassedThem) {
  use(1);
  clock_.jump_wall(-std::chrono::duration_cast<base::Milliseconds>(kTtl));
  settle();
  clock_.advance(2 * kTtl);
  settle();
  EXPECT_EQ(found(1), 1);
  clock_.advance(kBucket);
  settle();
  EXPECT_EQ(found(1), 0);
  EXPECT_EQ(stored(), 0);
}

TEST_F(Archive, AClockFromBefore1970Works) {
  clock_.jump_wall(-test::ManualClock::kStart.time_since_epoch() - minutes{30});
  use(1);
  clock_.advance(kBucket);  // half past midnight of the first day
  settle();
  EXPECT_EQ(log_rows(), 0);
  EXPECT_EQ(found(1), 1);
  EXPECT_EQ(database_->query_number("SELECT starts_at FROM idempotency_bucket"), -3'600'000);
}

}  // namespace
}  // namespace herald::store
