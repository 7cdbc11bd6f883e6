#include "api/conversation_json.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "api/cursor.h"
#include "api/snippet.h"
#include "base/time_text.h"

namespace herald::api {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const domain::Conversation& conversation) {
  return {{"id", conversation.id},
          {"key", conversation.key},
          {"channel", domain::to_string(conversation.channel)},
          {"participant_a", conversation.participant_a},
          {"participant_b", conversation.participant_b},
          {"message_count", conversation.message_count},
          {"last_activity_at", base::to_rfc3339(conversation.last_activity_at)}};
}

Json to_json(const domain::MessageRecord& message) {
  const auto& content = message.content;
  const auto channel = domain::to_string(content.channel);
  return {{"id", message.id.text()},
          {"direction", domain::to_string(message.direction)},
          {"channel", channel},
          {"type", channel},
          {"from", content.from},
          {"to", content.to},
          {"body", content.body},
          {"snippet", snippet_of(content.body)},
          {"attachments", content.attachments},
          {"timestamp", base::to_rfc3339(content.timestamp)},
          {"status", domain::to_string(message.status)},
          {"provider_name", message.provider.empty() ? Json() : Json(message.provider)}};
}

// What carriers wrote may be no UTF-8: it is replaced rather than thrown over.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <typename Item>
std::string page_json(const store::Page<Item>& page, const Paging& paging, PlaceList list) {
  auto items = Json::array();
  for (const auto& item : page.items)
    items.push_back(to_json(item));
  return text_of({{"items", std::move(items)},
                  {"meta",
                   {{"page", paging.page ? Json(*paging.page) : Json()},
                    {"page_size", paging.size},
                    {"total", page.total},
                    {"next_cursor", page.next ? Json(place_cursor(list, *page.next)) : Json()}}}});
}

}  // namespace

std::string conversation_json(const domain::Conversation& conversation) {
  return text_of(to_json(conversation));
}

std::string conversations_json(const store::Page<domain::Conversation>& page, const Paging& paging) {
  return page_json(page, paging, PlaceList::kConversations);
}

std::string conversation_messages_json(const store::Page<domain::MessageRecord>& page, const Paging& paging) {
  return page_json(page, paging, PlaceList::kConversationMessages);
}

}  // namespace herald::api
