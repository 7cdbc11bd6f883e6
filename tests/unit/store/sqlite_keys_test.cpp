// Idempotency keys in the whole store: with a disk that fails, with readers while keys move, over restarts.
#include <sqlite3.h>

#include <atomic>
#include <chrono>

#include "base/worker.h"
#include "fault_vfs.h"
#include "sqlite_fixture.h"
#include "support/eventually.h"

namespace herald::store {
namespace {

using std::chrono::hours;

class SqliteKeys : public SqliteFixture {
 protected:
  // More than one step of a move copies.
  static constexpr std::uint32_t kMany = 5'000;

  SqliteKeys() {
    options_.vfs = vfs_.name();
    options_.idempotency_ttl = hours{24};
    open();
  }
  ~SqliteKeys() override { close(); }

  void heal() { vfs_.log_sync = vfs_.log_write = SQLITE_OK; }

  // Accepts one message for each key in one batch.
  base::Status use(std::uint32_t first, std::uint32_t last) {
    std::vector<Command> batch;
    for (auto key = first; key <= last; ++key)
      batch.emplace_back(accepting(key));
    return store_->apply(batch);
  }
  // Of a client whose key was looked up just now.
  Accept accepting(std::uint32_t key) const {
    Accept command;
    command.message = message();
    command.key = domain::RequestKey{digest(key), digest(key)};
    command.recoveries = store_->reader().recoveries();
    return command;
  }
  static base::Result<domain::MessageId> unanswered() { return base::fail(base::ErrorCode::kInternal, "not answered"); }
  base::Result<std::optional<KeyUse>> find(std::uint32_t key) const {
    return store_->reader().find_key(digest(key), clock_.wall() - options_.idempotency_ttl);
  }
  bool found(std::uint32_t key) const {
    const auto use = find(key);
    return use && *use && (*use)->request == digest(key);
  }
  std::uint32_t missing(std::uint32_t first, std::uint32_t last) const {
    std::uint32_t count = 0;
    for (auto key = first; key <= last; ++key)
      count += found(key) ? 0U : 1U;
    return count;
  }

  // Ends the bucket of all keys so far, so that a move begins at the next maintain().
  void end_bucket() { clock_.advance(hours{3}); }
  void maintain(int times) {
    for (int count = 0; count < times; ++count)
      store_->maintain();
  }
  std::size_t moves() const { return log_.of("store.keys_moved").size(); }

  static domain::Digest digest(std::uint32_t number) {
    domain::Digest made{};
    const std::uint32_t scattered = number * 2'654'435'769U;
    for (std::size_t at = 0; at < 4; ++at)
      made.at(at) = static_cast<std::uint8_t>(scattered >> (24 - 8 * at));
    return made;
  }

  test::FaultVfs vfs_;
};

// The client was told 503 and comes again before the recovery, when its key cannot be found yet. Keys may have moved on
// by the time that the second request comes to its turn.
TEST_F(SqliteKeys, ACommitThatWasToldAsFailedAndIsDurableKeepsItsKeyFromASecondMessage) {
  vfs_.commit_end = SQLITE_IOERR;
  ASSERT_FALSE(use(1, 1));
  vfs_.commit_end = SQLITE_OK;
  ASSERT_FALSE(found(1));
  auto again = accepting(1);
  auto without_key = accepting(2);
  without_key.key.reset();
  ASSERT_TRUE(store_->recover());
  EXPECT_TRUE(found(1));
  end_bucket();
  maintain(8);
  ASSERT_EQ(moves(), 1U);
  auto answer = unanswered();
  auto other = unanswered();
  again.done = [&answer](auto id) { answer = id; };
  without_key.done = [&other](auto id) { other = id; };
  std::vector<Command> batch;
  batch.emplace_back(std::move(again));
  batch.emplace_back(std::move(without_key));
  ASSERT_TRUE(store_->apply(batch));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, base::ErrorCode::kUnavailable);
  EXPECT_TRUE(other);
  EXPECT_EQ(store_->reader().queue_depths().value().at(0).waiting, 2U);
}

TEST_F(SqliteKeys, AKeyThatWasLookedUpAfterTheRecoveryIsTaken) {
  vfs_.commit_end = SQLITE_IOERR;
  ASSERT_FALSE(use(1, 1));
  vfs_.commit_end = SQLITE_OK;
  ASSERT_TRUE(store_->recover());
  ASSERT_TRUE(use(2, 2));
  EXPECT_TRUE(found(2));
}

TEST_F(SqliteKeys, AnEventWhoseDurableCommitWasToldAsFailedIsNotStoredTwiceUnderItsKey) {
  const auto receive = [this] {
    Receive command;
    command.source = "mock";
    command.messages.emplace_back();
    command.messages.front().content = message().content;
    command.messages.front().normalized_from = message().normalized_from;
    command.messages.front().normalized_to = message().normalized_to;
    command.messages.front().received_at = clock_.wall();
    command.key = domain::RequestKey{digest(1), digest(1)};
    return command;
  };
  std::vector<Command> batch;
  batch.emplace_back(receive());
  vfs_.commit_end = SQLITE_IOERR;
  ASSERT_FALSE(store_->apply(batch));
  vfs_.commit_end = SQLITE_OK;
  ASSERT_TRUE(store_->recover());
  auto again = receive();
  base::Result<Received> answer = base::fail(base::ErrorCode::kInternal, "not answered");
  again.done = [&answer](base::Result<Received> received) { answer = std::move(received); };
  batch.clear();
  batch.emplace_back(std::move(again));
  ASSERT_TRUE(store_->apply(batch));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, base::ErrorCode::kUnavailable);
}

TEST_F(SqliteKeys, AMoveEndsWithinTheStepsOfItsCopiesAndItsDeletions) {
  ASSERT_TRUE(use(1, kMany));
  end_bucket();
  maintain(3);  // 2,048 copies each
  EXPECT_EQ(moves(), 0U);
  maintain(1);  // 8,192 rows of the log
  EXPECT_EQ(moves(), 1U);
  EXPECT_EQ(missing(1, kMany), 0U);
}

TEST_F(SqliteKeys, AFailedCommitLeavesNoTraceOfItsKeys) {
  ASSERT_TRUE(use(1, 3));
  vfs_.log_sync = SQLITE_IOERR_FSYNC;
  EXPECT_FALSE(use(4, 6));
  EXPECT_EQ(missing(4, 6), 3U);
  heal();
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(missing(4, 6), 3U);
  ASSERT_TRUE(use(7, 9));
  close();
  open();
  EXPECT_EQ(missing(4, 6), 3U);
  EXPECT_EQ(missing(1, 3) + missing(7, 9), 0U);
}

TEST_F(SqliteKeys, KeysAreFoundWhileCommitsFail) {
  ASSERT_TRUE(use(1, kMany));
  end_bucket();
  maintain(1);
  vfs_.log_sync = SQLITE_IOERR_FSYNC;
  EXPECT_FALSE(use(kMany + 1, kMany + 1));
  EXPECT_EQ(missing(1, kMany), 0U) << "some in memory, some in a bucket";
  EXPECT_FALSE(store_->recover());
  EXPECT_EQ(missing(1, kMany), 0U);
  heal();
}

TEST_F(SqliteKeys, ARecoveryInTheMiddleOfAMoveLosesNothing) {
  ASSERT_TRUE(use(1, kMany));
  end_bucket();
  maintain(2);
  ASSERT_TRUE(store_->recover());
  EXPECT_EQ(missing(1, kMany), 0U);
  maintain(8);
  EXPECT_EQ(moves(), 1U);
  EXPECT_EQ(missing(1, kMany), 0U);
}

TEST_F(SqliteKeys, ARestartInTheMiddleOfAMoveLosesNothing) {
  for (int steps = 1; steps <= 4; ++steps) {
    const auto first = static_cast<std::uint32_t>(steps) * 10'000;
    ASSERT_TRUE(use(first, first + kMany));
    end_bucket();
    maintain(steps);
    close();
    open();
    ASSERT_EQ(missing(first, first + kMany), 0U) << "after " << steps << " steps";
  }
  maintain(16);
  for (std::uint32_t first = 10'000; first <= 40'000; first += 10'000)
    EXPECT_EQ(missing(first, first + kMany), 0U);
}

struct Fault {
  const char* name;
  std::atomic<int> test::FaultVfs::*where;
  int code;
};

class SqliteKeyFaults : public SqliteKeys, public ::testing::WithParamInterface<Fault> {
 protected:
  void fail_commits() { vfs_.*GetParam().where = GetParam().code; }
};

TEST_P(SqliteKeyFaults, AFailedStepOfAMoveIsLoggedAndLosesNothing) {
  ASSERT_TRUE(use(1, kMany));
  end_bucket();
  maintain(1);
  fail_commits();
  for (int count = 0; count < 3; ++count) {
    clock_.advance(std::chrono::seconds{2});
    maintain(1);
  }
  EXPECT_EQ(log_.of("store.keys_not_moved").size(), 1U);
  EXPECT_EQ(missing(1, kMany), 0U);
  heal();
  clock_.advance(std::chrono::seconds{2});
  maintain(4);
  EXPECT_EQ(moves(), 1U);
  EXPECT_EQ(missing(1, kMany), 0U);
}

TEST_P(SqliteKeyFaults, TheStoreTakesMessagesAfterAFailedStepWithoutARecovery) {
  ASSERT_TRUE(use(1, kMany));
  end_bucket();
  fail_commits();
  maintain(1);
  heal();
  ASSERT_TRUE(use(kMany + 1, 2 * kMany));
  close();
  open();
  EXPECT_EQ(missing(1, 2 * kMany), 0U);
  EXPECT_EQ(store_->reader().queue_depths().value().at(0).waiting, 2U * kMany);
}

TEST_P(SqliteKeyFaults, AFailedDeletionFromTheLogIsMadeUp) {
  ASSERT_TRUE(use(1, kMany));
  end_bucket();
  maintain(3);
  fail_commits();
  maintain(1);
  heal();
  close();
  open();
  EXPECT_EQ(missing(1, kMany), 0U);
  maintain(4);
  EXPECT_EQ(moves(), 1U);
  EXPECT_EQ(missing(1, kMany), 0U);
}

INSTANTIATE_TEST_SUITE_P(Faults, SqliteKeyFaults,
                         ::testing::Values(Fault{"FailedSync", &test::FaultVfs::log_sync, SQLITE_IOERR_FSYNC},
                                           Fault{"FailedWrite", &test::FaultVfs::log_write, SQLITE_IOERR_WRITE},
                                           Fault{"FullDisk", &test::FaultVfs::log_write, SQLITE_FULL}),
                         [](const auto& fault) { return std::string(fault.param.name); });

TEST_F(SqliteKeys, NoReaderMissesAKeyWhileKeysMove) {
  constexpr std::uint32_t kRounds = 12;
  constexpr std::uint32_t kOfARound = 1'500;
  std::atomic<std::uint32_t> newest{0};
  std::atomic<bool> stop{false};
  std::atomic<int> missed{0};
  std::atomic<int> failed{0};
  std::atomic<std::uint64_t> looks{0};
  const auto look = [&](std::uint32_t stride) {
    for (std::uint32_t at = 0; !stop; at += stride) {
      const auto known = newest.load();
      if (known == 0) continue;
      const auto key = 1 + at % known;
      // All keys ever used: the clock moves between two reads of it.
      const auto use = store_->reader().find_key(digest(key), test::ManualClock::kStart);
      if (!use) {
        ++failed;
      } else if (!*use || (*use)->request != digest(key)) {
        ++missed;
      }
      ++looks;
    }
  };
  {
    const base::Worker first("reader-1", [&look] { look(7); });
    const base::Worker second("reader-2", [&look] { look(1); });
    for (std::uint32_t round = 0; round < kRounds; ++round) {
      EXPECT_TRUE(use(round * kOfARound + 1, (round + 1) * kOfARound));
      newest = (round + 1) * kOfARound;
      if (round % 3 == 2) clock_.advance(hours{3});
      for (int step = 0; step < 4; ++step) {
        const auto before = looks.load();
        maintain(1);
        EXPECT_TRUE(test::eventually([&looks, before] { return looks >= before + 20; }));
      }
    }
    stop = true;
  }
  EXPECT_EQ(missed, 0);
  EXPECT_EQ(failed, 0);
  EXPECT_GE(moves(), 3U);
}

TEST_F(SqliteKeys, AKeyThatIsDamagedOnDiskIsReported) {
  ASSERT_TRUE(use(1, 1));
  end_bucket();
  maintain(3);
  ASSERT_EQ(moves(), 1U);
  close();
  execute("UPDATE idempotency_key SET request = x'00'");
  open();
  const auto use = find(1);
  ASSERT_FALSE(use);
  EXPECT_EQ(use.error().code, base::ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace herald::store
