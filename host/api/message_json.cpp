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

}  // namespace

std::string message_json(const domain::MessageRecord& message, domain::WaitingFor waiting_for) {
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
  out["expires_at"] = to_rfc3339(message.expires_at);
  out["updated_at"] = to_rfc3339(message.updated_at);
  out["attempts"] = Json::array();
  for (const auto& attempt : message.attempts)
    out["attempts"].push_back(attempt_json(attempt));
  const auto reason = domain::to_string(waiting_for);
  out["waiting_for"] = reason.empty() ? Json() : Json(reason);
  const bool pending = message.status == domain::Status::kPending && message.next_attempt_at;
  out["next_attempt_at"] = pending ? Json(to_rfc3339(*message.next_attempt_at)) : Json();
  // Texts of providers stand in it too; what is no UTF-8 there is replaced rather than thrown over.
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace herald::api
