// What goes when the retention has passed, and what stays.
#include <set>

#include "inbound_contract.h"

namespace herald::store {
namespace {

using domain::Status;

class RetentionContract : public InboundContract {
 protected:
  static constexpr std::chrono::hours kDay{24};

  RetentionContract() {
    options_.retention = std::chrono::days{10};
    restart();
  }

  // Lets time pass, and gives the store every occasion for its background work.
  void pass(std::chrono::nanoseconds time) {
    clock_.advance(time);
    tidy();
  }
  void tidy() {
    for (int step = 0; step < 20; ++step) {
      clock_.advance(std::chrono::minutes{1});
      store().maintain();
    }
  }

  bool is_there(MessageId id) {
    const auto found = reader().find(id);
    if (!found) {
      EXPECT_EQ(found.error().code, base::ErrorCode::kNotFound);
    }
    return found.has_value();
  }
  std::vector<MessageId> listing() {
    std::vector<MessageId> ids;
    const auto page = reader().messages({}, {}, 1'000).value();
    for (const auto& item : page.items)
      ids.push_back(item.id);
    return ids;
  }
  MessageId fail_new() {
    const auto id = claim_new();
    EXPECT_TRUE(settle(refused(id)));
    return id;
  }
  MessageId cancel_new() {
    const auto id = accept();
    ask(Cancel{id, {}});
    return id;
  }
  base::Status retry(MessageId id) { return ask(Retry{id, {}}); }
  MessageId living_long(std::chrono::hours time_to_live) {
    auto written = message();
    written.expires_at = now() + time_to_live;
    return accept(std::move(written));
  }

 private:
  template <typename Asked>
  base::Status ask(Asked asked) {
    base::Status answer;
    asked.done = [&answer](base::Status status) { answer = std::move(status); };
    Command command = std::move(asked);
    EXPECT_TRUE(store().apply({&command, 1}));
    return answer;
  }
};

TEST_P(RetentionContract, RemovesAMessageOfEverySettledStatus) {
  const auto dispatched = claim_new();
  ASSERT_TRUE(settle(taken(dispatched)));
  const auto delivered = send_as("pm-1");
  report("pm-1", true);
  const auto failed = fail_new();
  const auto cancelled = cancel_new();
  const auto expired = accept_living(ms(1));
  clock_.advance(ms(1));
  expire({expired});
  const auto received = receive(inbound("in-1"));
  ASSERT_EQ(listing().size(), 6U);
  pass(11 * kDay);
  EXPECT_EQ(listing(), std::vector<MessageId>{});
  for (const auto id : {dispatched, delivered, failed, cancelled, expired, received})
    EXPECT_FALSE(is_there(id));
}

TEST_P(RetentionContract, KeepsWhatIsYounger) {
  const auto old = fail_new();
  clock_.advance(2 * kDay);
  const auto young = fail_new();
  pass(9 * kDay);
  EXPECT_FALSE(is_there(old));
  EXPECT_TRUE(is_there(young));
  EXPECT_EQ(find(young).attempts.size(), 1U);
}

TEST_P(RetentionContract, CountsFromTheLastChange) {
  const auto id = living_long(20 * kDay);
  clock_.advance(8 * kDay);
  ASSERT_EQ(claim().messages.size(), 1U);
  ASSERT_TRUE(settle(taken(id)));
  pass(9 * kDay);
  EXPECT_TRUE(is_there(id));
  pass(2 * kDay);
  EXPECT_FALSE(is_there(id));
}

TEST_P(RetentionContract, NeverRemovesWhatWaitsOrIsInFlight) {
  const auto in_flight = living_long(100 * kDay);
  ASSERT_EQ(claim().messages.size(), 1U);
  const auto to_retry = living_long(100 * kDay);
  ASSERT_EQ(claim().messages.size(), 1U);
  ASSERT_TRUE(settle(retried(to_retry, now() + 50 * kDay)));
  const auto settled = fail_new();
  const auto waiting = living_long(100 * kDay);
  pass(40 * kDay);
  EXPECT_FALSE(is_there(settled));
  EXPECT_TRUE(is_there(in_flight));
  EXPECT_TRUE(is_there(to_retry));
  EXPECT_TRUE(is_there(waiting));
  EXPECT_EQ(depth().waiting, 2U);
  ASSERT_TRUE(settle(taken(in_flight)));
  EXPECT_EQ(status(in_flight), Status::kDispatched);
}

TEST_P(RetentionContract, NeverRemovesWhatAnOperatorPutBack) {
  const auto id = fail_new();
  clock_.advance(9 * kDay);
  ASSERT_TRUE(retry(id));
  pass(9 * kDay);
  EXPECT_EQ(status(id), Status::kPending);
}

TEST_P(RetentionContract, KeepsEverythingWithoutARetention) {
  options_.retention = {};
  restart();
  const auto id = fail_new();
  pass(10'000 * kDay);
  EXPECT_TRUE(is_there(id));
}

TEST_P(RetentionContract, GoesPastWhatHasToStayToWhatMayGo) {
  std::set<MessageId> kept;
  for (int count = 0; count < 600; ++count)
    kept.insert(living_long(1'000 * kDay));
  const auto gone = cancel_new();
  pass(20 * kDay);
  EXPECT_FALSE(is_there(gone));
  EXPECT_EQ(listing().size(), kept.size());
}

TEST_P(RetentionContract, GoesOnAfterARestart) {
  std::vector<MessageId> ids;
  for (int count = 0; count < 1'000; ++count)
    ids.push_back(cancel_new());
  clock_.advance(20 * kDay);
  store().maintain();
  const auto left = listing().size();
  EXPECT_GT(left, 0U);
  EXPECT_LT(left, ids.size());
  restart();
  tidy();
  EXPECT_EQ(listing().size(), 0U);
}

TEST_P(RetentionContract, GivesNoIdTwiceWhenAllIsGone) {
  const auto last = cancel_new();
  const auto conversation = listed().at(0);
  pass(20 * kDay);
  clock_.jump_wall(-std::chrono::duration_cast<base::Milliseconds>(40 * kDay));
  restart();
  EXPECT_GT(accept(), last);
  EXPECT_GT(listed().at(0), conversation);
}

TEST_P(RetentionContract, CountsTheMessagesThatAConversationStillHas) {
  send(kAnn, kBob);
  ASSERT_EQ(claim().messages.size(), 1U);
  ASSERT_TRUE(settle(taken(listing().at(0))));
  clock_.advance(5 * kDay);
  const auto reply = receive(inbound());
  pass(7 * kDay);
  const auto found = conversations();
  ASSERT_EQ(found.items.size(), 1U);
  EXPECT_EQ(found.items.at(0).message_count, 1U);
  EXPECT_EQ(ids_of(members(found.items.at(0).id)), std::vector{reply});
  EXPECT_EQ(members(found.items.at(0).id).total, 1U);
}

TEST_P(RetentionContract, TellsTheLastActivityOfWhatAConversationStillHas) {
  auto ahead = inbound();
  ahead.content.timestamp = now() + 100 * kDay;
  receive(ahead);
  clock_.advance(5 * kDay);
  const auto later = now();
  receive(inbound());
  pass(7 * kDay);
  const auto found = conversations();
  ASSERT_EQ(found.items.size(), 1U);
  EXPECT_EQ(found.items.at(0).last_activity_at, later);
  EXPECT_EQ(conversation(found.items.at(0).id).message_count, 1U);
}

TEST_P(RetentionContract, RemovesAConversationWithItsLastMessage) {
  receive(inbound());
  const auto gone = listed().at(0);
  clock_.advance(5 * kDay);
  auto other = inbound();
  other.content.from = other.normalized_from = kCid;
  receive(other);
  pass(7 * kDay);
  EXPECT_EQ(reader().conversation(gone).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(conversations().total, 1U);
  EXPECT_EQ(conversations().items.size(), 1U);
}

TEST_P(RetentionContract, MakesAnotherConversationOfTheSameAddressesAfterwards) {
  receive(inbound());
  const auto gone = listed().at(0);
  pass(11 * kDay);
  ASSERT_EQ(conversations().total, 0U);
  receive(inbound());
  receive(inbound());
  ASSERT_EQ(conversations().total, 1U);
  EXPECT_NE(listed().at(0), gone);
  EXPECT_EQ(conversation(listed().at(0)).message_count, 2U);
  restart();
  EXPECT_EQ(conversations().total, 1U);
}

TEST_P(RetentionContract, LetsACursorGoOnBehindWhatWasRemoved) {
  std::vector<MessageId> old;
  for (int count = 0; count < 5; ++count)
    old.push_back(receive(inbound()));
  clock_.advance(5 * kDay);
  std::vector<MessageId> young;
  for (int count = 0; count < 3; ++count) {
    clock_.advance(ms(1));
    young.push_back(receive(inbound()));
  }
  const auto newest_first = reader().messages({}, {}, 2).value();
  const auto oldest_first = members(listed().at(0), {}, 2);
  ASSERT_TRUE(newest_first.next);
  ASSERT_TRUE(oldest_first.next);
  pass(7 * kDay);
  const auto rest = reader().messages({}, newest_first.next, 10).value();
  ASSERT_EQ(rest.items.size(), 1U);
  EXPECT_EQ(rest.items.at(0).id, young.at(0));
  EXPECT_EQ(ids_of(members(listed().at(0), {oldest_first.next, 0})), young);
}

TEST_P(RetentionContract, IgnoresAReceiptOfWhatIsGone) {
  send_as("pm-1");
  pass(11 * kDay);
  EXPECT_EQ(report("pm-1", true).applied, 0U);
  EXPECT_EQ(listing().size(), 0U);
}

TEST_P(RetentionContract, LeavesAReusedIdOfAProviderToTheMessageThatHasItNow) {
  send_as("pm-1");
  clock_.advance(5 * kDay);
  const auto second = send_as("pm-1");
  pass(7 * kDay);
  EXPECT_EQ(report("pm-1", true).applied, 1U);
  EXPECT_EQ(status(second), Status::kDelivered);
}

TEST_P(RetentionContract, KeepsAMessageAsLongAsItsKeyStandsForIt) {
  options_.retention = std::chrono::days{1};
  options_.idempotency_ttl = std::chrono::days{20};
  restart();
  const auto id = cancel_new();
  pass(19 * kDay);
  EXPECT_TRUE(is_there(id));
  pass(2 * kDay);
  EXPECT_FALSE(is_there(id));
}

TEST_P(RetentionContract, KnowsACarriersIdForAWeekThoughItsMessageIsGone) {
  options_.retention = std::chrono::days{1};
  restart();
  const auto first = receive(inbound("in-1"));
  pass(5 * kDay);
  EXPECT_FALSE(is_there(first));
  auto again = receive(receiving(std::vector{inbound("in-1")}));
  EXPECT_TRUE(again.messages.at(0).duplicate);
  EXPECT_EQ(again.messages.at(0).id, first);
  pass(3 * kDay);
  again = receive(receiving(std::vector{inbound("in-1")}));
  EXPECT_FALSE(again.messages.at(0).duplicate);
}

INSTANTIATE_TEST_SUITE_P(Kinds, RetentionContract, ::testing::ValuesIn(store_kinds()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace herald::store
