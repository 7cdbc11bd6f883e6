#include "api/conversations_api.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "api/answers.h"
#include "api/conversation_json.h"
#include "api/list_parameters.h"

namespace herald::api {
namespace {

// As conversation_json writes an id: decimal digits without a sign or leading zeros, from 1.
std::optional<domain::ConversationId> parse_conversation_id(std::string_view text) {
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || !digits || text.front() == '0') return std::nullopt;
  domain::ConversationId id = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), id);
  if (parsed.ec != std::errc{}) return std::nullopt;
  return id;
}

}  // namespace

http::Response ConversationsApi::list(const http::Request& request) const {
  const auto wanted = paging(request.query, PlaceList::kConversations);
  if (!wanted) return of_faults(Problem::kInvalidParameter, wanted.error(), request.request_id);
  const auto page = reader_.conversations(wanted->start, wanted->size);
  if (!page) return failure(page.error(), request);
  return json(200, conversations_json(*page, *wanted));
}

http::Response ConversationsApi::one(std::string_view id, const http::Request& request) const {
  const auto parsed = parse_conversation_id(id);
  if (!parsed) return problem(Problem::kConversationNotFound, {request.request_id});
  const auto found = reader_.conversation(*parsed);
  if (!found) return failure(found.error(), request);
  return json(200, conversation_json(*found));
}

http::Response ConversationsApi::messages(std::string_view id, const http::Request& request) const {
  const auto parsed = parse_conversation_id(id);
  if (!parsed) return problem(Problem::kConversationNotFound, {request.request_id});
  const auto wanted = paging(request.query, PlaceList::kConversationMessages);
  if (!wanted) return of_faults(Problem::kInvalidParameter, wanted.error(), request.request_id);
  const auto page = reader_.conversation_messages(*parsed, wanted->start, wanted->size);
  if (!page) return failure(page.error(), request);
  return json(200, conversation_messages_json(*page, *wanted));
}

http::Response ConversationsApi::failure(const base::Error& error, const http::Request& request) const {
  if (error.code == base::ErrorCode::kNotFound) return problem(Problem::kConversationNotFound, {request.request_id});
  return of_read_failure(error, request.request_id, log_);
}

}  // namespace herald::api
