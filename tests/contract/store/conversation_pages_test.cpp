#include <cstdint>
#include <limits>

#include "inbound_contract.h"

namespace herald::store {
namespace {

using Ids = std::vector<domain::MessageId>;
using Conversations = std::vector<domain::ConversationId>;

class ConversationPages : public InboundContract {
 protected:
  // Conversations 1 to `count`, each a millisecond after the one before.
  void open_conversations(int count) {
    for (int at = 0; at < count; ++at)
      send(kAnn, "+1201555" + std::to_string(2'000 + at), now() + ms(at));
  }

  // All conversations by cursor, two a page; `between` runs after every page.
  Conversations walk(const std::function<void()>& between = [] {}) {
    Conversations seen;
    PageStart start;
    do {
      const auto page = conversations(start, 2);
      EXPECT_LE(page.items.size(), 2U);
      for (const auto id : ids_of(page))
        seen.push_back(id);
      start.behind = page.next;
      between();
    } while (start.behind);
    return seen;
  }

  // The same for the messages of conversation 1.
  Ids walk_members(const std::function<void()>& between = [] {}) {
    Ids seen;
    PageStart start;
    do {
      const auto page = members(1, start, 2);
      EXPECT_LE(page.items.size(), 2U);
      for (const auto id : ids_of(page))
        seen.push_back(id);
      start.behind = page.next;
      between();
    } while (start.behind);
    return seen;
  }
};

INSTANTIATE_TEST_SUITE_P(Kinds, ConversationPages, ::testing::ValuesIn(store_kinds()),
                         [](const auto& kind) { return kind.param.name; });

TEST_P(ConversationPages, BySkipHoldWhatStandsBehindIt) {
  open_conversations(5);
  const auto page = conversations({{}, 2}, 2);
  EXPECT_EQ(ids_of(page), (Conversations{3, 2}));
  EXPECT_EQ(page.total, 5U);
  EXPECT_TRUE(page.next);
  EXPECT_EQ(ids_of(conversations({{}, 4}, 2)), Conversations{1});
}

TEST_P(ConversationPages, TheLastHasNoNextAlsoWhenItIsFull) {
  open_conversations(4);
  EXPECT_FALSE(conversations({{}, 2}, 2).next);
  EXPECT_FALSE(conversations({{}, 3}, 2).next);
}

TEST_P(ConversationPages, BeyondTheEndAreEmptyAndTellTheTotal) {
  open_conversations(2);
  for (const std::uint64_t skip : {std::uint64_t{2}, std::uint64_t{3}, std::numeric_limits<std::uint64_t>::max()}) {
    const auto page = conversations({{}, skip}, 2);
    EXPECT_TRUE(page.items.empty()) << skip;
    EXPECT_EQ(page.total, 2U) << skip;
    EXPECT_FALSE(page.next) << skip;
  }
}

TEST_P(ConversationPages, OfNothingAreEmpty) {
  open_conversations(2);
  const auto page = conversations({}, 0);
  EXPECT_TRUE(page.items.empty());
  EXPECT_FALSE(page.next);
}

TEST_P(ConversationPages, AHugeLimitIsNoFault) {
  open_conversations(3);
  EXPECT_EQ(conversations({}, std::numeric_limits<std::size_t>::max()).items.size(), 3U);
}

TEST_P(ConversationPages, ByCursorShowEachConversationOnce) {
  open_conversations(5);
  EXPECT_EQ(walk(), (Conversations{5, 4, 3, 2, 1}));
}

TEST_P(ConversationPages, ByCursorShowEachOnceWhenAllAreEquallyActive) {
  for (int at = 0; at < 5; ++at)
    send(kAnn, "+1201555" + std::to_string(2'000 + at), now());
  EXPECT_EQ(walk(), (Conversations{5, 4, 3, 2, 1}));
}

TEST_P(ConversationPages, ByCursorRepeatAndSkipNothingThatStoodStill) {
  open_conversations(6);
  int fresh = 0;
  // New conversations at the head, old ones that move there, and late ones in the middle of what has been read.
  const auto seen = walk([this, &fresh] {
    ++fresh;
    send(kBob, "+1201555" + std::to_string(3'000 + fresh), now() + ms(1'000 + fresh));
    send(kBob, "+1201555" + std::to_string(4'000 + fresh), now() + ms(5));
  });
  Conversations stood_still;
  for (const auto id : seen) {
    if (id <= 6) stood_still.push_back(id);
  }
  EXPECT_EQ(stood_still, (Conversations{6, 5, 4, 3, 2, 1}));
}

TEST_P(ConversationPages, ACursorOutlivesARestart) {
  open_conversations(4);
  const auto first = conversations({}, 2);
  restart();
  EXPECT_EQ(ids_of(conversations({first.next, 0}, 2)), (Conversations{2, 1}));
}

TEST_P(ConversationPages, ACursorAtEitherEndOfTimeIsNoFault) {
  open_conversations(2);
  const auto end = std::numeric_limits<std::int64_t>::max();
  const auto begin = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(conversations({Place{base::from_unix_ms(end), end}, 0}, 5).items.size(), 2U);
  EXPECT_TRUE(conversations({Place{base::from_unix_ms(begin), begin}, 0}, 5).items.empty());
  EXPECT_EQ(members(1, {Place{base::from_unix_ms(begin), begin}, 0}).items.size(), 1U);
  EXPECT_TRUE(members(1, {Place{base::from_unix_ms(end), end}, 0}).items.empty());
}

TEST_P(ConversationPages, OfMessagesBySkipAndByCursorAgree) {
  Ids sent;
  for (int at = 0; at < 5; ++at)
    sent.push_back(send(kAnn, kBob, now() + ms(at / 2)));
  send(kAnn, kCid);
  EXPECT_EQ(walk_members(), sent);
  const auto page = members(1, {{}, 3}, 2);
  EXPECT_EQ(ids_of(page), (Ids{sent[3], sent[4]}));
  EXPECT_EQ(page.total, 5U);
  EXPECT_FALSE(page.next);
  EXPECT_TRUE(members(1, {{}, 5}, 2).items.empty());
  EXPECT_TRUE(members(1, {}, 0).items.empty());
}

TEST_P(ConversationPages, OfMessagesRepeatAndSkipNothingWhileOthersArrive) {
  Ids sent;
  for (int at = 0; at < 5; ++at)
    sent.push_back(send(kAnn, kBob, now() + ms(10 * at)));
  int late = 0;
  // A client may give any timestamp: such a message lands before what has been read.
  const auto seen = walk_members([this, &late] { send(kBob, kAnn, now() - ms(++late)); });
  EXPECT_EQ(seen, sent);
}

}  // namespace
}  // namespace herald::store
