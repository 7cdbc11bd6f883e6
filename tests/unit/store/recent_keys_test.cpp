#include "store/recent_keys.h"

#include <array>

#include <gtest/gtest.h>

namespace herald::store {
namespace {

using base::from_unix_ms;

domain::Digest digest(std::uint8_t first) {
  domain::Digest made{};
  made.front() = first;
  return made;
}

// A use of a key at the place `seq` of the log, for the message `seq`, at the time `seq`.
RecentKey use(std::uint8_t key, std::int64_t seq) {
  return {digest(key), digest(static_cast<std::uint8_t>(seq)), domain::MessageId{seq}, from_unix_ms(seq), seq};
}

class RecentKeysTest : public ::testing::Test {
 protected:
  void add(std::vector<RecentKey> keys) { keys_.add(keys); }
  // 0 when the key is not found.
  std::int64_t found(std::uint8_t key, std::int64_t not_before = 0) const {
    const auto use = keys_.find(digest(key), from_unix_ms(not_before));
    return use ? use->id.value() : 0;
  }
  // The places in the log of what begins to move, in its order.
  std::vector<std::int64_t> begin_move() {
    std::vector<std::int64_t> seqs;
    const auto keys = keys_.begin_move();
    for (const auto& key : keys)
      seqs.push_back(key.seq);
    return seqs;
  }

  RecentKeys keys_{7};
};

using Seqs = std::vector<std::int64_t>;

TEST_F(RecentKeysTest, FindsWhatAKeyWasUsedFor) {
  add({use(7, 1)});
  const auto found = keys_.find(digest(7), from_unix_ms(0));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, domain::MessageId{1});
  EXPECT_EQ(found->request, digest(1));
}

TEST_F(RecentKeysTest, TellsKeysApartByTheirLastByte) {
  auto one = use(7, 1);
  auto other = use(7, 2);
  one.key.back() = 1;
  other.key.back() = 2;
  add({one, other});
  EXPECT_EQ(keys_.find(one.key, from_unix_ms(0))->id, domain::MessageId{1});
  EXPECT_EQ(keys_.find(other.key, from_unix_ms(0))->id, domain::MessageId{2});
  EXPECT_EQ(found(7), 0);
}

TEST_F(RecentKeysTest, AUseCountsFromItsOwnMillisecondOn) {
  add({use(7, 5)});
  EXPECT_EQ(found(7, 5), 5);
  EXPECT_EQ(found(7, 6), 0);
}

TEST_F(RecentKeysTest, ALaterUseTakesThePlaceOfTheFormer) {
  add({use(7, 1)});
  add({use(7, 2)});
  EXPECT_EQ(found(7), 2);
}

TEST_F(RecentKeysTest, OfTwoUsesInOneBatchTheLaterCounts) {
  add({use(7, 1), use(7, 2)});
  EXPECT_EQ(found(7), 2);
}

TEST_F(RecentKeysTest, MovesInTheOrderOfTheKeys) {
  add({use(200, 1), use(3, 2), use(6, 3)});
  EXPECT_EQ(begin_move(), (Seqs{2, 3, 1}));
}

TEST_F(RecentKeysTest, KeysThatBeginAlikeMoveInTheOrderOfTheirLastBytes) {
  auto later = use(9, 1);
  auto former = use(9, 2);
  later.key.back() = 200;
  former.key.back() = 100;
  add({later, former});
  EXPECT_EQ(begin_move(), (Seqs{2, 1}));
}

TEST_F(RecentKeysTest, MovesTheUsesOfOneKeyInTheOrderOfTheLog) {
  add({use(9, 1), use(9, 2), use(3, 3), use(9, 4)});
  EXPECT_EQ(begin_move(), (Seqs{3, 1, 2, 4}));
}

TEST_F(RecentKeysTest, WhatMovesIsFoundUntilTheEndOfTheMove) {
  add({use(9, 1)});
  begin_move();
  EXPECT_EQ(found(9), 1);
  keys_.end_move();
  EXPECT_EQ(found(9), 0);
  EXPECT_EQ(keys_.size(), 0U);
}

TEST_F(RecentKeysTest, WhatComesDuringAMoveStaysAfterIt) {
  add({use(9, 1)});
  begin_move();
  add({use(3, 2)});
  EXPECT_EQ(keys_.waiting(), 1U);
  EXPECT_EQ(keys_.size(), 2U);
  keys_.end_move();
  EXPECT_EQ(found(3), 2);
  EXPECT_EQ(begin_move(), Seqs{2});
}

TEST_F(RecentKeysTest, AKeyThatIsUsedAgainDuringAMoveStandsForItsLastUse) {
  add({use(9, 1)});
  begin_move();
  add({use(9, 2)});
  EXPECT_EQ(found(9), 2);
  keys_.end_move();
  EXPECT_EQ(found(9), 2);
}

TEST_F(RecentKeysTest, FindsEachOfManyKeysThatBeginAlike) {
  constexpr std::int64_t kMany = 5'000;
  std::vector<RecentKey> many;
  for (std::int64_t seq = 1; seq <= kMany; ++seq) {
    auto one = use(9, seq);  // the first eight bytes are all that is hashed
    one.key.at(14) = static_cast<std::uint8_t>(seq >> 8);
    one.key.at(15) = static_cast<std::uint8_t>(seq);
    one.key.at(1) = static_cast<std::uint8_t>(seq % 100);
    many.push_back(one);
  }
  add(many);
  for (const auto& one : many) {
    const auto found = keys_.find(one.key, from_unix_ms(0));
    ASSERT_TRUE(found);
    ASSERT_EQ(found->id, one.id);
  }
}

TEST_F(RecentKeysTest, ReplacesAllAtOnce) {
  add({use(9, 5), use(3, 6)});
  keys_.replace(std::array{use(3, 1), use(4, 2)});
  EXPECT_EQ(found(9), 0);
  EXPECT_EQ(found(3), 1);
  EXPECT_EQ(found(4), 2);
  EXPECT_EQ(keys_.size(), 2U);
}

TEST_F(RecentKeysTest, ReplacingEndsAMove) {
  add({use(9, 1)});
  begin_move();
  keys_.replace(std::array{use(9, 1), use(3, 2)});
  EXPECT_EQ(found(9), 1);
  EXPECT_EQ(keys_.size(), 2U);
  EXPECT_EQ(begin_move(), (Seqs{2, 1}));
}

}  // namespace
}  // namespace herald::store
