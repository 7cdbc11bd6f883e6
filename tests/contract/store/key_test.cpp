// Keys under which clients repeat their requests.
#include <array>

#include "inbound_contract.h"

namespace herald::store {
namespace {

using domain::Digest;
using domain::MessageId;
using domain::RequestKey;

class KeyContract : public InboundContract {
 protected:
  // All bytes count: two digests differ in their last one only.
  static Digest digest(std::uint8_t number) {
    Digest made{};
    made.fill(0xA5);
    made.back() = number;
    return made;
  }
  static RequestKey key(std::uint8_t number, std::uint8_t request = 1) { return {digest(number), digest(request)}; }

  base::Result<MessageId> try_accept_under(RequestKey key) {
    std::optional<base::Result<MessageId>> answer;
    auto command = accepting(message(), answer);
    command.key = key;
    Command only = std::move(command);
    static_cast<void>(store().apply({&only, 1}));
    return answer.value();
  }
  MessageId accept_under(RequestKey key) { return try_accept_under(key).value(); }
  Received receive_under(RequestKey key, std::vector<domain::NewInbound> messages) {
    auto command = receiving(std::move(messages));
    command.key = key;
    return receive(std::move(command));
  }

  std::optional<KeyUse> used(std::uint8_t number, base::WallTime not_before) {
    return reader().find_key(digest(number), not_before).value();
  }
  std::optional<KeyUse> used(std::uint8_t number) { return used(number, now() - options_.idempotency_ttl); }
  // Of a key that was used.
  MessageId message_of(std::uint8_t number) { return used(number).value_or(KeyUse{}).id; }

  // What the writer calls between batches, often enough for all that is due.
  void maintain() {
    for (int count = 0; count < 32; ++count)
      store().maintain();
  }
};

TEST_P(KeyContract, FindsTheRequestAndTheMessageOfAKey) {
  const auto id = accept_under(key(1, 77));
  const auto use = used(1);
  ASSERT_TRUE(use);
  EXPECT_EQ(use->id, id);
  EXPECT_EQ(use->request, digest(77));
}

TEST_P(KeyContract, DoesNotFindAKeyThatWasNotUsed) {
  accept_under(key(1));
  EXPECT_FALSE(used(2));
}

TEST_P(KeyContract, AMessageWithoutAKeyUsesNone) {
  accept();
  EXPECT_FALSE(reader().find_key(Digest{}, now()).value());
}

TEST_P(KeyContract, FindsAKeyWhenItsCommandIsAnswered) {
  std::optional<KeyUse> seen;
  Command command = Accept{message(), key(1), [this, &seen](const auto& /*id*/) { seen = used(1); }};
  ASSERT_TRUE(store().apply({&command, 1}));
  EXPECT_TRUE(seen);
}

TEST_P(KeyContract, AUseCountsFromItsOwnMillisecondOn) {
  accept_under(key(1));
  EXPECT_TRUE(used(1, now()));
  EXPECT_FALSE(used(1, now() + ms(1)));
}

TEST_P(KeyContract, AKeyUsedAgainStandsForItsLastUse) {
  accept_under(key(1, 5));
  clock_.advance(ms(1));
  const auto second = accept_under(key(1, 6));
  EXPECT_EQ(used(1)->id, second);
  EXPECT_EQ(used(1)->request, digest(6));
}

TEST_P(KeyContract, ARefusedAcceptUsesNoKey) {
  options_.queue_max = 1;
  restart();
  accept_under(key(1));
  ASSERT_FALSE(try_accept_under(key(2)));
  EXPECT_FALSE(used(2));
  restart();
  EXPECT_FALSE(used(2));
}

TEST_P(KeyContract, FindsEachKeyOfABatch) {
  std::array<std::optional<base::Result<MessageId>>, 3> answers;
  std::vector<Command> batch;
  for (std::uint8_t number = 0; number < answers.size(); ++number) {
    auto command = accepting(message(), answers.at(number));
    command.key = key(number);
    batch.emplace_back(std::move(command));
  }
  ASSERT_TRUE(store().apply(batch));
  for (std::uint8_t number = 0; number < answers.size(); ++number)
    EXPECT_EQ(message_of(number), answers.at(number).value().value());
}

TEST_P(KeyContract, AKeyOfWhatACarrierBringsStandsForTheFirstMessage) {
  const auto received = receive_under(key(1), {inbound("in-1"), inbound("in-2")});
  EXPECT_EQ(message_of(1), received.messages.at(0).id);
}

TEST_P(KeyContract, AKeyOfAMessageThatCameBeforeStandsForThatOne) {
  const auto first = receive(inbound("in-1"));
  ASSERT_TRUE(receive_under(key(1), {inbound("in-1")}).messages.at(0).duplicate);
  EXPECT_EQ(message_of(1), first);
}

TEST_P(KeyContract, AKeyOfReceiptsAloneIsNotKept) {
  auto command = receiving(std::vector<domain::Receipt>{{"out-1", true, ""}});
  command.key = key(1);
  receive(std::move(command));
  EXPECT_FALSE(used(1));
}

TEST_P(KeyContract, FindsKeysAfterARestart) {
  const auto id = accept_under(key(1, 77));
  restart();
  EXPECT_EQ(message_of(1), id);
  EXPECT_EQ(used(1)->request, digest(77));
}

TEST_P(KeyContract, FindsAKeyOverItsWholeTime) {
  const auto id = accept_under(key(1));
  const auto steps = 24;
  for (int step = 0; step < steps; ++step) {
    EXPECT_EQ(message_of(1), id) << "after " << step << " of " << steps << " parts of its time";
    clock_.advance(options_.idempotency_ttl / steps);
    maintain();
    if (step % 5 == 0) restart();
  }
  EXPECT_EQ(message_of(1), id);
  clock_.advance(ms(1));
  maintain();
  EXPECT_FALSE(used(1));
}

TEST_P(KeyContract, AKeyUsedAgainAfterItsTimeStandsForTheNewMessage) {
  accept_under(key(1));
  clock_.advance(options_.idempotency_ttl + ms(1));
  maintain();
  ASSERT_FALSE(used(1));
  const auto second = accept_under(key(1));
  EXPECT_EQ(message_of(1), second);
  clock_.advance(options_.idempotency_ttl / 2);
  maintain();
  EXPECT_EQ(message_of(1), second);
}

TEST_P(KeyContract, AChangedTimeToLiveHoldsForKeysFromBefore) {
  const auto id = accept_under(key(1));
  clock_.advance(options_.idempotency_ttl / 2);
  maintain();
  options_.idempotency_ttl *= 7;
  restart();
  clock_.advance(options_.idempotency_ttl / 2);
  maintain();
  EXPECT_EQ(message_of(1), id);
  options_.idempotency_ttl = std::chrono::seconds{1};
  restart();
  maintain();
  EXPECT_FALSE(used(1));
}

TEST_P(KeyContract, AClockThatJumpsBackHidesNoKey) {
  const auto early = accept_under(key(1));
  clock_.advance(options_.idempotency_ttl / 2);
  maintain();
  const auto late = accept_under(key(2));
  clock_.jump_wall(-std::chrono::hours{6});
  maintain();
  EXPECT_EQ(message_of(1), early);
  EXPECT_EQ(message_of(2), late);
  restart();
  EXPECT_EQ(message_of(2), late);
}

INSTANTIATE_TEST_SUITE_P(Kinds, KeyContract, ::testing::ValuesIn(store_kinds()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace herald::store
