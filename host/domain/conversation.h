// Conversations: messages of one channel between the same two addresses, in either direction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/message.h"

namespace herald::domain {

// Decimal, from 1 in an empty store.
using ConversationId = std::int64_t;

// "channel:a<->b" with the two known forms in the order of their octets, so that both directions share it. "%" and "<"
// within an address are written %25 and %3C, so that no two pairs share one.
std::string conversation_key(Channel channel, std::string_view normalized_one, std::string_view normalized_other);

struct Conversation {
  ConversationId id = 0;
  std::string key;
  Channel channel = Channel::kSms;
  std::string participant_a;  // a < b by their octets
  std::string participant_b;
  std::uint64_t message_count = 0;
  WallTime last_activity_at;  // the latest timestamp of its messages
};

}  // namespace herald::domain
