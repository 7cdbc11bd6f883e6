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
  std::vector<std::int64_t> in_order(std::optional<std::uint8_t> after, std::int64_t last_seq,
                                     std::size_t limit) const {
    std::vector<std::int64_t> seqs;
    const auto behind = after ? std::optional(digest(*after)) : std::nullopt;
    const auto keys = keys_.in_order(behind, last_seq, limit);
    for (const auto& key : keys)
      seqs.push_back(key.seq);
    return seqs;
  }

  RecentKeys keys_;
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
  EXPECT_EQ(keys_.size(), 1U);
}

TEST_F(RecentKeysTest, OfTwoUsesInOneBatchTheLaterCounts) {
  add({use(7, 1), use(7, 2)});
  EXPECT_EQ(found(7), 2);
}

TEST_F(RecentKeysTest, ListsInTheOrderOfTheKeys) {
  add({use(9, 1), use(3, 2), use(6, 3)});
  EXPECT_EQ(in_order({}, 3, 10), (Seqs{2, 3, 1}));
}

TEST_F(RecentKeysTest, ListsBehindAKeyUpToALimit) {
  add({use(9, 1), use(3, 2), use(6, 3), use(7, 4)});
  EXPECT_EQ(in_order(3, 4, 2), (Seqs{3, 4}));
  EXPECT_EQ(in_order(9, 4, 2), Seqs{});
}

TEST_F(RecentKeysTest, LeavesOutWhatCameAfterAPlaceInTheLog) {
  add({use(9, 1), use(3, 2), use(6, 3)});
  EXPECT_EQ(in_order({}, 2, 2), (Seqs{2, 1}));
}

TEST_F(RecentKeysTest, RemovesTheUsesThatItIsGiven) {
  add({use(9, 1), use(3, 2)});
  keys_.remove(std::array{use(9, 1), use(4, 3)});
  EXPECT_EQ(found(9), 0);
  EXPECT_EQ(found(3), 2);
}

TEST_F(RecentKeysTest, AKeyThatWasUsedAgainSurvivesTheRemovalOfItsFormerUse) {
  add({use(9, 1)});
  add({use(9, 2)});
  keys_.remove(std::array{use(9, 1)});
  EXPECT_EQ(found(9), 2);
}

TEST_F(RecentKeysTest, ReplacesAllAtOnce) {
  add({use(9, 5), use(3, 6)});
  keys_.replace(std::array{use(3, 1), use(4, 2)});
  EXPECT_EQ(found(9), 0);
  EXPECT_EQ(found(3), 1);
  EXPECT_EQ(found(4), 2);
  EXPECT_EQ(keys_.last_seq(), 2);
}

TEST_F(RecentKeysTest, RemembersTheLastPlaceAlsoWhenEmptied) {
  EXPECT_EQ(keys_.last_seq(), 0);
  add({use(9, 5)});
  keys_.remove(std::array{use(9, 5)});
  EXPECT_EQ(keys_.size(), 0U);
  EXPECT_EQ(keys_.last_seq(), 5);
}

}  // namespace
}  // namespace herald::store
