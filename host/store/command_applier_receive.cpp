// What carriers bring: inbound messages and delivery receipts.
#include "store/attachments.h"
#include "store/command_applier.h"
#include "store/message_rows.h"

namespace herald::store {

base::Result<Received> CommandApplier::receive(const Receive& command) {
  if (command.provider.empty() && !command.receipts.empty()) {
    return base::fail(base::ErrorCode::kInvalid, "found " + std::to_string(command.receipts.size()) +
                                                     " receipts from \"" + command.source +
                                                     "\" without a provider, expected the one that took the messages");
  }
  // No row has the id 0: such a message shows no provider.
  const std::int64_t provider_id = command.provider.empty() ? 0 : ledger_.of(database_, command.provider).id;
  Received received;
  received.messages.reserve(command.messages.size());
  for (const auto& message : command.messages)
    received.messages.push_back(receive_message(message, command.source, provider_id));
  if (command.key && !command.messages.empty()) {
    keys_.append(*command.key, received.messages.front().id, command.messages.front().received_at);
  }
  for (const auto& receipt : command.receipts) {
    switch (receipts_.receive(provider_id, receipt, now_)) {
      case ReceiptFate::kApplied:
        ++received.applied;
        break;
      case ReceiptFate::kParked:
        ++received.parked;
        break;
      case ReceiptFate::kIgnored:
        ++received.ignored;
        break;
    }
  }
  return received;
}

Received::Message CommandApplier::receive_message(const domain::NewInbound& message, std::string_view source,
                                                  std::int64_t provider_id) {
  if (const auto first = find_received(source, message.provider_message_id)) return {*first, true};
  const auto id = ids_.next(now_);
  insert_inbound(id, message, provider_id);
  sql_.insert_received.bind(1, id.value()).bind(2, source).bind(3, message.provider_message_id).run();
  conversations_.join(message.content.channel, message.normalized_from, message.normalized_to,
                      message.content.timestamp, id);
  return {id, false};
}

std::optional<domain::MessageId> CommandApplier::find_received(std::string_view source,
                                                               std::string_view provider_message_id) {
  if (provider_message_id.empty()) return std::nullopt;
  const StatementScope scope(sql_.select_received);
  if (!sql_.select_received.bind(1, source).bind(2, provider_message_id).step()) return std::nullopt;
  return domain::MessageId{sql_.select_received.number(0)};
}

void CommandApplier::insert_inbound(domain::MessageId id, const domain::NewInbound& message, std::int64_t provider_id) {
  const auto& content = message.content;
  const std::string attachments = encode_attachments(content.attachments);
  auto& insert = sql_.insert_message;
  insert.bind(1, id.value())
      .bind(2, static_cast<std::int64_t>(domain::Direction::kInbound))
      .bind(4, provider_id)
      .bind_null(5)
      .bind(6, message.received_at)
      .bind_null(7);
  bind_words(insert, {content, attachments, message.request_id, message.normalized_from, message.normalized_to});
  insert.run();
}

}  // namespace herald::store
