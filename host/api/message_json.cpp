#include "api/message_json.h"

#include <nlohmann/json.hpp>

#include "base/time_text.h"

namespace herald::api {
namespace {

using Json = nlohmann::ordered_json;
using base::to_rfc3339;

// Absent texts are null, so that every message has the same members.
Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json attempt_json(const domain::Attempt& attempt) {
  return {{"number", attempt.number},
          {"provider_name", attempt.provider},
          {"outcome", domain::to_string(attempt.outcome.kind)},
          {"error_code", text_or_null(attempt.outcome.error_code)},
          {"provider_message_id", text_or_null(attempt.outcome.provider_message_id)},
          {"latency_ms", attempt.latency.count()},
          {"started_at", to_rfc3339(attempt.started_at)}};
}

// What a message and an item of a list have alike.
Json story_of(const domain::MessageRecord& message) {
  const auto& content = message.content;
  const auto channel = domain::to_string(content.channel);
  Json out{{"id", message.id.text()}, {"channel", channel},
           {"type", channel},         {"direction", domain::to_string(message.direction)},
           {"from", content.from},    {"to", content.to}};
  if (content.channel == domain::Channel::kEmail) out["subject"] = content.subject ? Json(*content.subject) : Json();
  out["body"] = content.body;
  out["attachments"] = content.attachments;
  out["timestamp"] = to_rfc3339(content.timestamp);
  out["status"] = domain::to_string(message.status);
  out["provider_name"] = text_or_null(message.provider);
  out["provider_message_id"] = text_or_null(message.provider_message_id);
  out["request_id"] = text_or_null(message.request_id);
  out["error_code"] = text_or_null(message.error_code);
  out["segments"] = message.segments == 0 ? Json() : Json(message.segments);
  out["encoding"] = text_or_null(message.encoding);
  out["accepted_at"] = to_rfc3339(message.accepted_at);
  // A message that came in has come: nothing of it can expire.
  const bool expires = message.direction == domain::Direction::kOutbound;
  out["expires_at"] = expires ? Json(to_rfc3339(message.expires_at)) : Json();
  out["updated_at"] = to_rfc3339(message.updated_at);
  return out;
}

void add_wait(Json& out, const domain::MessageRecord& message, domain::WaitingFor waiting_for) {
  const auto reason = domain::to_string(waiting_for);
  out["waiting_for"] = reason.empty() ? Json() : Json(reason);
  const bool pending = message.status == domain::Status::kPending && message.next_attempt_at;
  out["next_attempt_at"] = pending ? Json(to_rfc3339(*message.next_attempt_at)) : Json();
}

// Texts of providers and carriers stand in it; what is no UTF-8 there is replaced rather than thrown over.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string message_json(const domain::MessageRecord& message, domain::WaitingFor waiting_for) {
  auto out = story_of(message);
  out["attempts"] = Json::array();
  for (const auto& attempt : message.attempts)
    out["attempts"].push_back(attempt_json(attempt));
  add_wait(out, message, waiting_for);
  return text_of(out);
}

std::string messages_json(const std::vector<ListedMessage>& messages, const std::optional<std::string>& next_cursor) {
  auto items = Json::array();
  for (const auto& listed : messages) {
    auto item = story_of(*listed.message);
    add_wait(item, *listed.message, listed.waiting_for);
    items.push_back(std::move(item));
  }
  return text_of({{"items", std::move(items)}, {"meta", {{"next_cursor", next_cursor ? Json(*next_cursor) : Json()}}}});
}

}  // namespace herald::api
