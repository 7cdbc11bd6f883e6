#include "api/problem.h"

#include <array>

#include <nlohmann/json.hpp>

#include "http/request_id.h"

namespace herald::api {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kContentType = "application/problem+json";
// How every body ends behind the request's id, which is its last member.
constexpr std::string_view kEnd = R"("})";

struct Kind {
  Problem problem;
  int status;
  std::string_view code;
  std::string_view title;
  std::string_view detail;
  std::string_view retry_after = {};  // seconds; empty: no such header
  bool close = false;
};

constexpr std::array kKinds{
    Kind{Problem::kMalformedPath, 400, "malformed_path", "Malformed path",
         "The path holds a percent sign that is not followed by two hexadecimal digits, or an encoded control "
         "character."},
    Kind{Problem::kInvalidJson, 400, "invalid_json", "Invalid JSON", "The body is not well-formed JSON (RFC 8259)."},
    Kind{Problem::kValidationFailed, 400, "validation_failed", "Validation failed",
         "The request breaks one or more rules; errors lists them all."},
    Kind{Problem::kInvalidParameter, 400, "invalid_parameter", "Invalid parameter",
         "The query breaks one or more rules; errors lists them all."},
    Kind{Problem::kKeyRequired, 401, "key_required", "Key required",
         "This host takes calls with a key only: send Authorization: Bearer <key>."},
    Kind{Problem::kKeyInvalid, 401, "key_invalid", "Key invalid",
         "The key in Authorization is none of this host's, or was revoked, or has expired."},
    Kind{Problem::kSignatureInvalid, 401, "signature_invalid", "Signature invalid",
         "This host takes signed webhooks only: webhook-id, webhook-timestamp within five minutes of its clock, and a "
         "webhook-signature over both and the body, as Standard Webhooks has them."},
    Kind{Problem::kScopeMissing, 403, "scope_missing", "Scope missing", "This key does not cover what was asked."},
    Kind{Problem::kDeniedTooOften, 429, "denied_too_often", "Denied too often",
         "Too many calls without a good key or signature came from this address; Retry-After says when the next one is "
         "looked into."},
    Kind{Problem::kNotFound, 404, "not_found", "Not found", "There is nothing at this path."},
    Kind{Problem::kMessageNotFound, 404, "message_not_found", "Message not found", "There is no message with this id."},
    Kind{Problem::kConversationNotFound, 404, "conversation_not_found", "Conversation not found",
         "There is no conversation with this id."},
    Kind{Problem::kProviderNotFound, 404, "provider_not_found", "Provider not found",
         "There is no provider with this name."},
    Kind{Problem::kWebhookNotFound, 404, "webhook_not_found", "Webhook not found",
         "There is no provider with this name that takes webhooks."},
    Kind{Problem::kMethodNotAllowed, 405, "method_not_allowed", "Method not allowed",
         "This path does not take this method; Allow lists those that it takes."},
    Kind{Problem::kNotAcceptable, 406, "not_acceptable", "Not acceptable",
         "The answer cannot be given in a form that Accept allows; allow application/json."},
    Kind{Problem::kKeyInFlight, 409, "idempotency_key_in_flight", "Idempotency key in flight",
         "A request with this Idempotency-Key is being worked on; repeat this one to have its answer.", "1"},
    Kind{Problem::kWebhookReplayed, 409, "webhook_replayed", "Webhook replayed",
         "The webhook with this id was taken before; it stands in its conversation and is not taken again."},
    Kind{Problem::kNotCancellable, 409, "not_cancellable", "Not cancellable",
         "Only a pending message can be cancelled; this one is in another state."},
    Kind{Problem::kNotRetryable, 409, "not_retryable", "Not retryable",
         "Only a failed or expired message can be retried; this one is in another state."},
    Kind{Problem::kProviderRefused, 409, "provider_refused", "Provider refused",
         "The state of this provider does not allow it: a file that was refused must be mended first; its reason says "
         "why it was refused."},
    Kind{Problem::kSettingsUnfit, 409, "settings_unfit", "Settings unfit",
         "The provider does not take the configuration of the settings, so the one that was PUT last stays in force."},
    Kind{Problem::kBodyTooLarge,
         413,
         "body_too_large",
         "Content too large",
         "The body is larger than this host takes.",
         {},
         true},
    Kind{Problem::kUnsupportedMediaType, 415, "unsupported_media_type", "Unsupported media type",
         "The body must be JSON in UTF-8 without a content coding; send Content-Type: application/json."},
    Kind{Problem::kKeyReused, 422, "idempotency_key_reused", "Idempotency key reused",
         "This Idempotency-Key was used with a different request; use a new key for a new request."},
    Kind{Problem::kRateLimited, 429, "rate_limited", "Rate limited",
         "Too many messages came from this address or for this sender; nothing was taken and no Idempotency-Key was "
         "consumed. Retry-After says when one more is let through."},
    Kind{Problem::kProviderMissing, 500, "provider_missing", "Provider missing",
         "No provider is registered for this channel; the message was not taken."},
    Kind{Problem::kInternalError, 500, "internal_error", "Internal error",
         "The host failed to answer; its log has the cause under this request id."},
    Kind{Problem::kWebhookFailed, 502, "webhook_failed", "Webhook failed",
         "The provider failed to answer this request; the host's log has the cause under this request id."},
    Kind{Problem::kStarting, 503, "starting", "Starting", "The host is starting and changes nothing yet.", "5"},
    Kind{Problem::kDraining, 503, "draining", "Shutting down", "The host is shutting down and changes nothing more.",
         "5"},
    Kind{Problem::kQueueFull, 503, "queue_full", "Queue full",
         "More messages come in than the host can store or send; this one was not taken.", "5"},
    Kind{Problem::kStoreUnavailable, 503, "store_unavailable", "Store unavailable",
         "The host cannot reach its disk at the moment; nothing was taken.", "1"},
    Kind{Problem::kProviderUnavailable, 503, "provider_unavailable", "Provider unavailable",
         "The provider is busy, stopped or too slow, or what it did could not be stored; try again.", "1"},
    Kind{Problem::kNotReady, 503, "not_ready", "Not ready", "The host takes no messages at the moment; see reasons.",
         "1"},
};

const Kind& kind_of(Problem problem) {
  for (const auto& kind : kKinds) {
    if (kind.problem == problem) return kind;
  }
  return kKinds[static_cast<std::size_t>(Problem::kInternalError)];
}

std::string_view title_of_status(int status) {
  switch (status) {
    case 400:
      return "Bad request";
    case 408:
      return "Request timeout";
    case 411:
      return "Length required";
    case 413:
      return "Content too large";
    case 414:
      return "URI too long";
    case 417:
      return "Expectation failed";
    case 429:
      return "Too many requests";
    case 431:
      return "Request header fields too large";
    case 500:
      return "Internal error";
    case 501:
      return "Not implemented";
    case 503:
      return "Service unavailable";
    case 505:
      return "HTTP version not supported";
    default:
      return "Request refused";
  }
}

// Validation's own summary: what an older client shows, which reads only `message`.
std::string summary(const std::vector<intake::Fault>& errors) {
  const auto& first = errors.front();
  std::string text = first.pointer.empty() ? std::string() : first.pointer + " ";
  // A fault without a pointer is the body's, unless it names the header that it is of.
  if (text.empty() && first.message.rfind("the ", 0) != 0) text = "the body ";
  text.append(first.message);
  if (errors.size() > 1) text.append("; and ").append(std::to_string(errors.size() - 1)).append(" more in errors");
  return text;
}

Json listed(const std::vector<intake::Fault>& errors) {
  auto list = Json::array();
  for (const auto& fault : errors)
    list.push_back({{"pointer", fault.pointer}, {"message", fault.message}});
  return list;
}

struct Members {
  std::string_view code;
  std::string_view title;
  int status;
  std::string detail;
};

Members members_of(const Kind& kind, const Occurrence& occurrence) {
  std::string detail(occurrence.detail.empty() ? kind.detail : occurrence.detail);
  if (occurrence.detail.empty() && occurrence.errors != nullptr && !occurrence.errors->empty())
    detail = summary(*occurrence.errors);
  return {kind.code, kind.title, kind.status, std::move(detail)};
}

http::Response rendered(const Members& members, const Occurrence& occurrence) {
  Json body{{"type", std::string("urn:herald:problem:").append(members.code)},
            {"title", members.title},
            {"status", members.status},
            {"detail", members.detail},
            {"code", members.code},
            {"message", members.detail}};
  if (occurrence.errors != nullptr) body["errors"] = listed(*occurrence.errors);
  if (occurrence.reasons != nullptr) body["reasons"] = *occurrence.reasons;
  body["request_id"] = occurrence.request_id;
  http::Response response;
  response.status = members.status;
  response.content_type = kContentType;
  // Text of clients can stand in a pointer; what is no UTF-8 there is replaced rather than thrown over.
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

// What nothing is added to but the request's id is written out once for each kind, without that id: under overload,
// half of what a host does is to refuse.
std::string_view prepared_body(const Kind& kind) {
  static const auto bodies = [] {
    std::array<std::string, kKinds.size()> made;
    for (std::size_t i = 0; i < made.size(); ++i) {
      const auto& of = kKinds.at(i);
      made.at(i) = rendered(Members{of.code, of.title, of.status, std::string(of.detail)}, {}).body;
      made.at(i).resize(made.at(i).size() - kEnd.size());
    }
    return made;
  }();
  return bodies.at(static_cast<std::size_t>(&kind - kKinds.data()));
}

http::Response prepared(const Kind& kind, std::string_view request_id) {
  const auto body = prepared_body(kind);
  http::Response response;
  response.status = kind.status;
  response.content_type = kContentType;
  response.body.reserve(body.size() + request_id.size() + kEnd.size());
  response.body.append(body).append(request_id).append(kEnd);
  return response;
}

}  // namespace

http::Response problem(Problem problem_kind, const Occurrence& occurrence) {
  const auto& kind = kind_of(problem_kind);
  const bool adds = !occurrence.detail.empty() || occurrence.errors != nullptr || occurrence.reasons != nullptr;
  auto response = !adds && http::is_request_id(occurrence.request_id)
                      ? prepared(kind, occurrence.request_id)
                      : rendered(members_of(kind, occurrence), occurrence);
  if (!kind.retry_after.empty()) response.headers.emplace_back("Retry-After", kind.retry_after);
  response.close = kind.close;
  return response;
}

http::Response problem_of(const http::Fault& fault) {
  Occurrence occurrence;
  occurrence.request_id = fault.request_id;
  for (const auto& kind : kKinds) {
    if (kind.code == fault.code)
      return rendered(Members{kind.code, kind.title, fault.status, std::string(fault.detail)}, occurrence);
  }
  return rendered(Members{fault.code, title_of_status(fault.status), fault.status, std::string(fault.detail)},
                  occurrence);
}

}  // namespace herald::api
