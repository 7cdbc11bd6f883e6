// A message with its state, from the rows that tell it. Internal to the store room.
#pragma once

#include <string>

#include "domain/message.h"

namespace herald::store {

class Statement;

// What a SELECT lists to have a record read, and what it joins for that to `message m`.
inline constexpr const char* kRecordColumns =
    "m.direction, m.ordinal, m.accepted_at, coalesce(d.expires_at, m.expires_at), p.name, r.provider_message_id,"
    " d.status, d.due, d.error_code, d.updated_at, f.claimed_at,"
    " m.channel, m.sender, m.recipient, m.subject, m.body, m.attachments, m.timestamp, m.request_id";
inline constexpr const char* kRecordJoins =
    " LEFT JOIN provider p ON p.id = m.provider_id LEFT JOIN delivery d ON d.message_id = m.id"
    " LEFT JOIN inflight f ON f.message_id = m.id LEFT JOIN received r ON r.message_id = m.id";

// Without its attempts and what they tell. Throws SqliteError for values that no version of the host writes.
domain::MessageRecord read_record(const Statement& row, int first_column, domain::MessageId id);

}  // namespace herald::store
