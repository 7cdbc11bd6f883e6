#include "inbound_contract.h"

namespace herald::store {

domain::NewInbound InboundContract::inbound(const std::string& provider_message_id) const {
  domain::NewInbound message;
  message.content.from = kBob;
  message.content.to = kAnn;
  message.content.body = "hello back";
  message.content.timestamp = now();
  message.provider_message_id = provider_message_id;
  message.normalized_from = kBob;
  message.normalized_to = kAnn;
  message.request_id = "req-2";
  message.received_at = now();
  return message;
}

Receive InboundContract::receiving(std::vector<domain::NewInbound> messages) {
  Receive command;
  command.source = "provider/alpha";
  command.provider = "alpha";
  command.messages = std::move(messages);
  return command;
}

Receive InboundContract::receiving(std::vector<domain::Receipt> receipts) {
  auto command = receiving(std::vector<domain::NewInbound>{});
  command.receipts = std::move(receipts);
  return command;
}

base::Result<Received> InboundContract::try_receive(Receive command) {
  base::Result<Received> answer = base::fail(base::ErrorCode::kInternal, "done was not called");
  command.done = [&answer](base::Result<Received> result) { answer = std::move(result); };
  Command one = std::move(command);
  static_cast<void>(store().apply({&one, 1}));
  return answer;
}

StoreContract::MessageId InboundContract::receive(domain::NewInbound message) {
  return receive(receiving(std::vector{std::move(message)})).messages.at(0).id;
}

Received InboundContract::report(const std::string& provider_message_id, bool delivered,
                                 const std::string& error_code) {
  return receive(receiving(std::vector{domain::Receipt{provider_message_id, delivered, error_code}}));
}

StoreContract::MessageId InboundContract::send(const std::string& from, const std::string& to,
                                               base::WallTime timestamp) {
  auto written = message();
  written.content.from = written.normalized_from = from;
  written.content.to = written.normalized_to = to;
  written.content.timestamp = timestamp;
  return accept(std::move(written));
}

StoreContract::MessageId InboundContract::send_as(const std::string& provider_message_id) {
  const auto id = claim_new();
  EXPECT_TRUE(settle(taken_as(provider_message_id, id)));
  return id;
}

Settlement InboundContract::taken_as(const std::string& provider_message_id, MessageId id,
                                     std::uint32_t attempt) const {
  auto item = taken(id, attempt);
  item.attempt.outcome.provider_message_id = provider_message_id;
  item.receipts = true;
  return item;
}

Page<domain::Conversation> InboundContract::conversations(const PageStart& start, std::size_t limit) {
  return reader().conversations(start, limit).value();
}

std::vector<domain::ConversationId> InboundContract::listed() {
  return ids_of(conversations());
}

Page<domain::MessageRecord> InboundContract::members(domain::ConversationId id, const PageStart& start,
                                                     std::size_t limit) {
  return reader().conversation_messages(id, start, limit).value();
}

std::vector<StoreContract::MessageId> InboundContract::ids_of(const Page<domain::MessageRecord>& page) {
  std::vector<MessageId> ids;
  for (const auto& item : page.items)
    ids.push_back(item.id);
  return ids;
}

std::vector<domain::ConversationId> InboundContract::ids_of(const Page<domain::Conversation>& page) {
  std::vector<domain::ConversationId> ids;
  for (const auto& item : page.items)
    ids.push_back(item.id);
  return ids;
}

INSTANTIATE_TEST_SUITE_P(Kinds, InboundContract, ::testing::ValuesIn(store_kinds()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace herald::store
