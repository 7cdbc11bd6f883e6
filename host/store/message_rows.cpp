#include "store/message_rows.h"

#include "store/attachments.h"
#include "store/database.h"
#include "store/statement.h"

namespace herald::store {
namespace {

template <typename Enum>
Enum checked(std::int64_t stored, Enum first, Enum last, const char* what) {
  if (stored < static_cast<std::int64_t>(first) || stored > static_cast<std::int64_t>(last)) {
    throw_corrupt(std::string("a row holds ") + what + " " + std::to_string(stored) + ", which does not exist");
  }
  return static_cast<Enum>(stored);
}

}  // namespace

domain::Content read_content(const Statement& row, int first_column) {
  domain::Content content;
  content.channel = channel_of(row.number(first_column));
  content.from = row.text(first_column + 1);
  content.to = row.text(first_column + 2);
  if (!row.is_null(first_column + 3)) content.subject = std::string(row.text(first_column + 3));
  content.body = row.text(first_column + 4);
  auto attachments = decode_attachments(row.text(first_column + 5));
  if (!attachments) throw_corrupt("a row holds a list of attachments that cannot be read");
  content.attachments = std::move(*attachments);
  content.timestamp = row.time(first_column + 6);
  return content;
}

std::string read_request_id(const Statement& row, int first_column) {
  return std::string(row.text(first_column + kContentColumnCount - 1));
}

domain::Channel channel_of(std::int64_t stored) {
  return checked(stored, domain::Channel::kSms, domain::Channel::kEmail, "channel");
}

domain::Channel queue_channel_of(std::int64_t stored) {
  for (const auto channel : domain::kChannels) {
    if (stored == static_cast<std::int64_t>(channel)) return channel;
  }
  return domain::kChannels.front();
}

domain::Direction direction_of(std::int64_t stored) {
  return checked(stored, domain::Direction::kOutbound, domain::Direction::kInbound, "direction");
}

domain::Status status_of(std::int64_t stored) {
  return checked(stored, domain::Status::kPending, domain::Status::kReceived, "status");
}

domain::OutcomeKind outcome_of(std::int64_t stored) {
  return checked(stored, domain::OutcomeKind::kSuccess, domain::OutcomeKind::kRejected, "outcome");
}

void bind_words(Statement& insert, const Words& words) {
  const auto& content = words.content;
  insert.bind(3, static_cast<std::int64_t>(content.channel))
      .bind(8, content.timestamp)
      .bind(9, words.request_id)
      .bind(10, content.from)
      .bind(11, content.to)
      .bind(12, words.normalized_from)
      .bind(13, words.normalized_to)
      .bind(15, words.attachments)
      .bind(16, content.body);
  if (content.subject)
    insert.bind(14, *content.subject);
  else
    insert.bind_null(14);
}

}  // namespace herald::store
