// Cursors: where a list goes on, as text that clients hand back and need not understand. Each list has its own, so that
// a cursor of another list is told from one of this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/message.h"
#include "store/store.h"

namespace herald::api {

enum class PlaceList : char { kConversations = 'c', kConversationMessages = 't' };

std::string message_cursor(domain::MessageId before);
std::string place_cursor(PlaceList list, const store::Place& place);

// Nothing for any text that the functions above do not write.
std::optional<domain::MessageId> parse_message_cursor(std::string_view text);
std::optional<store::Place> parse_place_cursor(PlaceList list, std::string_view text);

}  // namespace herald::api
