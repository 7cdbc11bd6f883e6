#include "inbound_contract.h"

namespace herald::store {
namespace {

using domain::Channel;
using domain::Status;
using Ids = std::vector<domain::MessageId>;
using Conversations = std::vector<domain::ConversationId>;

TEST_P(InboundContract, AnAcceptedMessageOpensItsConversation) {
  send(kBob, kAnn, now() - ms(5'000));
  const auto opened = conversation(1);
  EXPECT_EQ(opened.id, 1);
  EXPECT_EQ(opened.key, "sms:+12015550101<->+12015550102");
  EXPECT_EQ(opened.channel, Channel::kSms);
  EXPECT_EQ(opened.participant_a, kAnn);
  EXPECT_EQ(opened.participant_b, kBob);
  EXPECT_EQ(opened.message_count, 1U);
  EXPECT_EQ(opened.last_activity_at, now() - ms(5'000));
}

TEST_P(InboundContract, BothDirectionsShareAConversation) {
  const auto sent = send(kAnn, kBob);
  const auto answered = receive(inbound());
  EXPECT_EQ(listed(), Conversations{1});
  EXPECT_EQ(conversation(1).message_count, 2U);
  EXPECT_EQ(ids_of(members(1)), (Ids{sent, answered}));
}

TEST_P(InboundContract, ConversationsGoByNormalisedAddresses) {
  auto written = message();
  written.content.to = "(201) 555-0102";
  accept(written);
  send(kAnn, kBob);
  EXPECT_EQ(listed(), Conversations{1});
}

TEST_P(InboundContract, EachChannelHasItsOwnConversation) {
  auto written = message();
  for (const auto channel : domain::kChannels) {
    written.content.channel = channel;
    accept(written);
  }
  EXPECT_EQ(conversations().total, 3U);
  EXPECT_EQ(conversation(1).key.substr(0, 4), "sms:");
  EXPECT_EQ(conversation(2).key.substr(0, 4), "mms:");
  EXPECT_EQ(conversation(3).key.substr(0, 6), "email:");
}

TEST_P(InboundContract, ConversationIdsCountFirstAppearancesAlsoOverARestart) {
  send(kAnn, kCid);
  send(kAnn, kBob);
  send(kCid, kAnn);
  restart();
  send(kBob, kCid);
  EXPECT_EQ(conversation(1).participant_b, kCid);
  EXPECT_EQ(conversation(2).participant_b, kBob);
  EXPECT_EQ(conversation(3).participant_a, kBob);
  EXPECT_EQ(conversations().total, 3U);
}

TEST_P(InboundContract, CountsTheMessagesOfABatchToEachConversation) {
  std::optional<base::Result<domain::MessageId>> ignored;
  std::vector<Command> batch;
  for (int round = 0; round < 3; ++round) {
    for (const auto* to : {kBob, kCid}) {
      auto written = message();
      written.normalized_to = to;
      written.content.timestamp = now() - ms(round);
      batch.emplace_back(accepting(written, ignored));
    }
  }
  batch.emplace_back(receiving(std::vector{inbound()}));
  ASSERT_TRUE(store().apply(batch));
  EXPECT_EQ(conversation(1).message_count, 4U);
  EXPECT_EQ(conversation(2).message_count, 3U);
  EXPECT_EQ(members(1).items.size(), 4U);
  EXPECT_EQ(conversation(2).last_activity_at, now());
}

TEST_P(InboundContract, CountsOnOverARestartAndARecovery) {
  send(kAnn, kBob);
  restart();
  send(kAnn, kBob);
  ASSERT_TRUE(store().recover());
  send(kAnn, kBob);
  EXPECT_EQ(conversation(1).message_count, 3U);
  EXPECT_EQ(members(1).items.size(), 3U);
}

TEST_P(InboundContract, TheLastActivityIsTheLatestTimestampNotTheLastArrival) {
  send(kAnn, kBob, now());
  send(kAnn, kBob, now() - ms(9'000));
  EXPECT_EQ(conversation(1).last_activity_at, now());
}

TEST_P(InboundContract, ARefusedMessageOpensNoConversation) {
  options_.queue_max = 1;
  restart();
  send(kAnn, kBob);
  auto refused = message();
  refused.normalized_to = kCid;
  ASSERT_FALSE(try_accept(refused));
  EXPECT_EQ(conversations().total, 1U);
}

TEST_P(InboundContract, ListsConversationsByLastActivityNewestFirst) {
  send(kAnn, kBob, now() - ms(3));
  send(kAnn, kCid, now() - ms(1));
  send(kBob, kCid, now() - ms(2));
  EXPECT_EQ(listed(), (Conversations{2, 3, 1}));
  send(kAnn, kBob, now());
  EXPECT_EQ(listed(), (Conversations{1, 2, 3}));
}

TEST_P(InboundContract, ListsEquallyActiveConversationsByIdGreatestFirst) {
  send(kAnn, kBob);
  send(kAnn, kCid);
  send(kBob, kCid);
  EXPECT_EQ(listed(), (Conversations{3, 2, 1}));
}

TEST_P(InboundContract, AnEmptyStoreListsNoConversation) {
  const auto page = conversations();
  EXPECT_TRUE(page.items.empty());
  EXPECT_EQ(page.total, 0U);
  EXPECT_FALSE(page.next);
}

TEST_P(InboundContract, OrdersAConversationByTimestampThenById) {
  const auto second = send(kAnn, kBob, now());
  const auto third = send(kBob, kAnn, now());
  const auto first = send(kAnn, kBob, now() - ms(1));
  const auto before_the_epoch = send(kAnn, kBob, base::from_unix_ms(-1'000));
  EXPECT_EQ(ids_of(members(1)), (Ids{before_the_epoch, first, second, third}));
}

TEST_P(InboundContract, ShowsAConversationsMessagesAsTheyStand) {
  const auto failed = claim_new();
  ASSERT_TRUE(settle(refused(failed)));
  const auto dispatching = claim_new();
  const auto pending = accept();
  const auto received = receive(inbound("in-1"));
  const auto items = members(1).items;
  ASSERT_EQ(items.size(), 4U);
  EXPECT_EQ(items[0].id, failed);
  EXPECT_EQ(items[0].status, Status::kFailed);
  EXPECT_EQ(items[0].error_code, "30003");
  EXPECT_TRUE(items[0].attempts.empty());
  EXPECT_EQ(items[1].id, dispatching);
  EXPECT_EQ(items[1].status, Status::kDispatching);
  EXPECT_EQ(items[2].id, pending);
  EXPECT_EQ(items[2].status, Status::kPending);
  EXPECT_EQ(items[2].next_attempt_at, now());
  EXPECT_EQ(items[2].provider, "alpha");
  EXPECT_EQ(items[2].content.body, "hello");
  EXPECT_EQ(items[3].id, received);
  EXPECT_EQ(items[3].status, Status::kReceived);
  EXPECT_EQ(items[3].direction, domain::Direction::kInbound);
  EXPECT_EQ(items[3].provider_message_id, "in-1");
}

TEST_P(InboundContract, AnUnknownConversationIsNotFound) {
  send(kAnn, kBob);
  for (const domain::ConversationId id : {std::int64_t{0}, std::int64_t{2}, std::int64_t{-1}, INT64_MAX}) {
    EXPECT_EQ(reader().conversation(id).error().code, base::ErrorCode::kNotFound) << id;
    EXPECT_EQ(reader().conversation_messages(id, {}, 50).error().code, base::ErrorCode::kNotFound) << id;
  }
}

TEST_P(InboundContract, AConversationKeepsAddressesOfAnyBytes) {
  auto odd = inbound();
  odd.normalized_from = "Post <\xC3\xA9\"'>; DROP";
  odd.normalized_to = "";
  receive(odd);
  EXPECT_EQ(conversation(1).participant_a, "");
  EXPECT_EQ(conversation(1).participant_b, odd.normalized_from);
  receive(odd);
  EXPECT_EQ(conversation(1).message_count, 2U);
}

}  // namespace
}  // namespace herald::store
