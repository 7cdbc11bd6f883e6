#include "api/answers.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace herald::api {
namespace {

// draft-ietf-httpapi-ratelimit-headers: lists of structured fields (RFC 9651), a named item for each limit.
void add_limits(const intake::Limits& limits, http::Response& response) {
  if (limits.empty()) return;
  std::string policies;
  std::string states;
  for (const auto& limit : limits) {
    const auto name = std::string(policies.empty() ? "\"" : ", \"").append(limit.name).append("\"");
    policies.append(name).append(";q=").append(std::to_string(limit.quota));
    policies.append(";w=").append(std::to_string(limit.window.count()));
    states.append(name).append(";r=").append(std::to_string(limit.remaining));
    states.append(";t=").append(std::to_string(limit.reset.count()));
  }
  response.headers.emplace_back("RateLimit-Policy", std::move(policies));
  response.headers.emplace_back("RateLimit", std::move(states));
}

}  // namespace

Answer answer_through(http::Responder responder) {
  const auto shared = std::make_shared<http::Responder>(std::move(responder));
  return [shared](http::Response response) { std::move(*shared).respond(std::move(response)); };
}

http::Response json(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

http::Response fresh(http::Response response) {
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

http::Response accepted(const intake::Accepted& message) {
  const auto text = message.id.text();
  auto response = json(202, R"({"status":"accepted","id":")" + text + "\"}");
  response.headers.emplace_back("Location", "/api/messages/" + text);
  if (message.replayed) response.headers.emplace_back("Idempotency-Replayed", "true");
  add_limits(message.limits, response);
  return response;
}

http::Response of_refusal(const intake::Refusal& refusal, std::string_view request_id, Problem on_conflict) {
  using Reason = intake::Refusal::Reason;
  switch (refusal.reason) {
    case Reason::kInvalid:
      return of_faults(Problem::kValidationFailed, refusal.faults, request_id);
    case Reason::kProviderMissing:
      return problem(Problem::kProviderMissing, {request_id, refusal.detail});
    case Reason::kKeyInFlight:
      return problem(Problem::kKeyInFlight, {request_id});
    case Reason::kReplayed:
      return problem(Problem::kWebhookReplayed, {request_id});
    case Reason::kKeyReused:
      return problem(Problem::kKeyReused, {request_id});
    case Reason::kRateLimited:
      return over_limits(Problem::kRateLimited, refusal.limits, request_id);
    case Reason::kNotFound:
      return problem(Problem::kMessageNotFound, {request_id});
    case Reason::kConflict:
      return problem(on_conflict, {request_id, refusal.detail});
    case Reason::kQueueFull:
      return problem(Problem::kQueueFull, {request_id});
    case Reason::kUnavailable:
      return problem(Problem::kStoreUnavailable, {request_id});
    case Reason::kInternal:
      break;
  }
  return problem(Problem::kInternalError, {request_id});
}

http::Response over_limits(Problem kind, const intake::Limits& limits, std::string_view request_id) {
  auto response = problem(kind, {request_id});
  std::chrono::seconds wait{1};
  for (const auto& limit : limits)
    wait = std::max(wait, limit.retry_after);
  response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
  add_limits(limits, response);
  return response;
}

http::Response of_malformed(const Malformed& malformed, std::string_view request_id) {
  const std::vector<intake::Fault> errors{{"", "must be well-formed JSON"}};
  return problem(Problem::kInvalidJson, {request_id, malformed.detail, &errors});
}

http::Response of_faults(Problem kind, const intake::Faults& faults, std::string_view request_id) {
  return problem(kind, {request_id, {}, &faults.list()});
}

http::Response of_read_failure(const base::Error& error, std::string_view request_id, observe::Log& log) {
  log.error("api.read_failed", {{"request_id", request_id}, {"error", error.message}});
  const bool passing = error.code == base::ErrorCode::kUnavailable || error.code == base::ErrorCode::kExhausted;
  return problem(passing ? Problem::kStoreUnavailable : Problem::kInternalError, {request_id});
}

}  // namespace herald::api
