#include "inbound_contract.h"

namespace herald::store {
namespace {

using domain::Status;

TEST_P(InboundContract, FindsAnInboundMessageAsItWasBrought) {
  auto brought = inbound("in-1");
  brought.content.channel = domain::Channel::kEmail;
  brought.content.subject = "Re: Hi";
  brought.content.body = std::string("<p>\0&amp;</p>\r\n", 15);
  brought.content.attachments = {"https://example.org/a.png"};
  brought.content.timestamp = now() - ms(7'000);
  const auto id = receive(brought);
  const auto found = find(id);
  EXPECT_EQ(found.direction, domain::Direction::kInbound);
  EXPECT_EQ(found.status, Status::kReceived);
  EXPECT_EQ(found.provider, "alpha");
  EXPECT_EQ(found.provider_message_id, "in-1");
  EXPECT_EQ(found.request_id, "req-2");
  EXPECT_EQ(found.content.channel, domain::Channel::kEmail);
  EXPECT_EQ(found.content.from, kBob);
  EXPECT_EQ(found.content.to, kAnn);
  EXPECT_EQ(found.content.subject, "Re: Hi");
  EXPECT_EQ(found.content.body, brought.content.body);
  EXPECT_EQ(found.content.attachments, brought.content.attachments);
  EXPECT_EQ(found.content.timestamp, brought.content.timestamp);
  EXPECT_EQ(found.accepted_at, now());
  EXPECT_EQ(found.updated_at, now());
  EXPECT_EQ(found.next_attempt_at, std::nullopt);
  EXPECT_TRUE(found.attempts.empty());
}

TEST_P(InboundContract, AnInboundMessageOfNoKnownProviderShowsNone) {
  auto command = receiving(std::vector{inbound("in-1")});
  command.source = "webhook/sms";
  command.provider.clear();
  const auto id = receive(command).messages.at(0).id;
  EXPECT_EQ(find(id).provider, "");
  EXPECT_TRUE(reader().queue_depths().value().empty());
}

TEST_P(InboundContract, AnInboundMessageIsNoWork) {
  const auto id = receive(inbound());
  EXPECT_TRUE(listener_.told.empty());
  EXPECT_EQ(depth().waiting, 0U);
  EXPECT_TRUE(claim().messages.empty());
  EXPECT_TRUE(settle(taken(id)));
  EXPECT_TRUE(release(id));
  EXPECT_TRUE(expire({id}).empty());
  EXPECT_EQ(status(id), Status::kReceived);
}

TEST_P(InboundContract, TakesNoOrdinalFromTheProvider) {
  receive(inbound());
  const auto sent = accept();
  EXPECT_EQ(find(sent).ordinal, 0U);
}

TEST_P(InboundContract, IdsOfBothDirectionsGrowTogether) {
  const auto first = accept();
  const auto second = receive(inbound());
  const auto third = accept();
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  restart();
  const auto fourth = receive(inbound());
  restart();
  EXPECT_LT(third, fourth);
  EXPECT_LT(fourth, accept());
}

TEST_P(InboundContract, TheSameProviderMessageIdTwiceIsOneMessage) {
  const auto id = receive(inbound("in-1"));
  auto again = inbound("in-1");
  again.content.body = "another text";
  const auto answer = receive(receiving(std::vector{again})).messages.at(0);
  EXPECT_EQ(answer.id, id);
  EXPECT_TRUE(answer.duplicate);
  EXPECT_EQ(find(id).content.body, "hello back");
  EXPECT_EQ(conversation(1).message_count, 1U);
}

TEST_P(InboundContract, TheSameProviderMessageIdTwiceIsOneMessageOverARestart) {
  const auto id = receive(inbound("in-1"));
  restart();
  EXPECT_EQ(receive(inbound("in-1")), id);
}

TEST_P(InboundContract, TheSameProviderMessageIdTwiceInACommandIsOneMessage) {
  const auto answer = receive(receiving(std::vector{inbound("in-1"), inbound("in-2"), inbound("in-1")}));
  ASSERT_EQ(answer.messages.size(), 3U);
  EXPECT_FALSE(answer.messages[0].duplicate);
  EXPECT_FALSE(answer.messages[1].duplicate);
  EXPECT_TRUE(answer.messages[2].duplicate);
  EXPECT_EQ(answer.messages[2].id, answer.messages[0].id);
  EXPECT_NE(answer.messages[1].id, answer.messages[0].id);
  EXPECT_EQ(conversation(1).message_count, 2U);
}

TEST_P(InboundContract, TheSameProviderMessageIdTwiceInABatchIsOneMessage) {
  std::vector<Received> answers;
  std::vector<Command> batch;
  for (int count = 0; count < 2; ++count) {
    auto command = receiving(std::vector{inbound("in-1")});
    command.done = [&answers](base::Result<Received> result) { answers.push_back(result.value()); };
    batch.emplace_back(std::move(command));
  }
  ASSERT_TRUE(store().apply(batch));
  EXPECT_EQ(answers.at(0).messages.at(0).id, answers.at(1).messages.at(0).id);
  EXPECT_TRUE(answers.at(1).messages.at(0).duplicate);
}

TEST_P(InboundContract, TheSameIdOfAnotherSourceIsAnotherMessage) {
  const auto one = receive(inbound("in-1"));
  auto command = receiving(std::vector{inbound("in-1")});
  command.source = "webhook/sms";
  const auto other = receive(command).messages.at(0);
  EXPECT_NE(other.id, one);
  EXPECT_FALSE(other.duplicate);
}

TEST_P(InboundContract, MessagesWithoutAProviderMessageIdAreNeverTheSame) {
  const auto answer = receive(receiving(std::vector{inbound(), inbound()}));
  EXPECT_NE(answer.messages.at(0).id, answer.messages.at(1).id);
  EXPECT_NE(receive(inbound()), answer.messages.at(0).id);
  EXPECT_EQ(conversation(1).message_count, 3U);
}

TEST_P(InboundContract, BringingNothingStoresNothing) {
  const auto answer = try_receive(Receive{});
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->messages.empty());
  EXPECT_EQ(conversations().total, 0U);
}

TEST_P(InboundContract, ReceiptsOfNoProviderAreRefusedWithAllThatCameAlong) {
  auto command = receiving(std::vector{inbound("in-1")});
  command.provider.clear();
  command.receipts = {{"pm-1", true, ""}};
  const auto answer = try_receive(command);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, base::ErrorCode::kInvalid);
  EXPECT_EQ(conversations().total, 0U);
}

}  // namespace
}  // namespace herald::store
