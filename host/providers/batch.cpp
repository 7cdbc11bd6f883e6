#include "providers/batch.h"

#include <utility>

#include "providers/plain_text.h"

namespace herald::providers {

Batch::Batch(std::vector<domain::DispatchItem> items, domain::OutcomeSink& sink)
    : items_(std::move(items)), sink_(sink) {
  std::size_t attachments = 0;
  for (const auto& item : items_)
    attachments += item.message.content.attachments.size();
  attachments_.reserve(attachments);  // what messages point into must not move
  ids_.reserve(items_.size());
  messages_.reserve(items_.size());
  for (std::size_t i = 0; i < items_.size(); ++i)
    describe(i);
  view_.struct_size = sizeof view_;
  view_.count = static_cast<std::uint32_t>(messages_.size());
  view_.stride = sizeof(herald_message);
  view_.messages = messages_.data();
}

void Batch::describe(std::size_t index) {
  const domain::DispatchItem& item = items_[index];
  const domain::Content& content = item.message.content;
  // The same at every attempt, as a dispatch token must be, and unique in the store.
  ids_.push_back(item.message.id.text());
  const herald_str* const first = attachments_.data() + attachments_.size();
  for (const auto& url : content.attachments)
    attachments_.push_back(as_str(url));

  herald_message message{};
  message.struct_size = sizeof message;
  message.attempt = item.message.attempt;
  message.ordinal = item.message.ordinal;
  message.deadline_ns = item.deadline.time_since_epoch().count();
  message.timestamp_unix_ms = base::unix_ms(content.timestamp);
  message.id = as_str(ids_.back());
  message.dispatch_token = as_str(ids_.back());
  message.request_id = as_str(item.message.request_id);
  message.channel = as_str(domain::to_string(content.channel));
  message.from = as_str(content.from);
  message.to = as_str(content.to);
  if (content.subject) message.subject = as_str(*content.subject);
  message.body = as_str(content.body);
  message.attachments = content.attachments.empty() ? nullptr : first;
  message.attachment_count = static_cast<std::uint32_t>(content.attachments.size());
  messages_.push_back(message);
}

}  // namespace herald::providers
