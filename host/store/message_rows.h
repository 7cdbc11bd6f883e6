// Between rows of the tables and the domain's types. Internal to the store room.
#pragma once

#include <string_view>

#include "domain/message.h"

namespace herald::store {

class Statement;

// What a SELECT lists to have its content read: eight columns, in the order in which read_content() takes them.
inline constexpr const char* kContentColumns =
    "m.channel, m.sender, m.recipient, m.subject, m.body, m.attachments, m.timestamp, m.request_id";
inline constexpr int kContentColumnCount = 8;

// What insert_message takes of a message of either direction; borrowed until the statement has run.
struct Words {
  const domain::Content& content;
  std::string_view attachments;  // encoded
  std::string_view request_id;
  std::string_view normalized_from;
  std::string_view normalized_to;
};

// Binds parameters 3 and 8 to 16 of insert_message.
void bind_words(Statement& insert, const Words& words);

// All throw SqliteError for values that no version of the host writes.
domain::Content read_content(const Statement& row, int first_column);
domain::Channel channel_of(std::int64_t stored);
// The same for the queue of a message whose row may be damaged: what is none counts as the first. Never throws.
domain::Channel queue_channel_of(std::int64_t stored);
domain::Direction direction_of(std::int64_t stored);
domain::Status status_of(std::int64_t stored);
domain::OutcomeKind outcome_of(std::int64_t stored);

// The request id stands last of the content's columns.
std::string read_request_id(const Statement& row, int first_column);

}  // namespace herald::store
