#include "api/api.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "api/message_json.h"
#include "api/negotiation.h"
#include "api/problem.h"
#include "api/provider_json.h"
#include "api/provider_view.h"
#include "api/send_decoder.h"
#include "api/waiting.h"

namespace herald::api {
namespace {

http::Response json(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

// What a read answers is the state of one moment, and often somebody's private words: no cache keeps it.
http::Response fresh(http::Response response) {
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

http::Response of_miss(const Miss& miss, std::string_view request_id) {
  switch (miss.reason) {
    case Miss::Reason::kMalformed:
      return problem(Problem::kMalformedPath, {request_id});
    case Miss::Reason::kUnknown:
      return problem(Problem::kNotFound, {request_id});
    case Miss::Reason::kMethod:
      break;
  }
  auto response = problem(Problem::kMethodNotAllowed, {request_id});
  response.headers.emplace_back("Allow", miss.allow);
  return response;
}

http::Response of_refusal(const intake::Refusal& refusal, std::string_view request_id) {
  using Reason = intake::Refusal::Reason;
  switch (refusal.reason) {
    case Reason::kInvalid:
      return problem(Problem::kValidationFailed, {request_id, {}, &refusal.faults.list()});
    case Reason::kProviderMissing:
      return problem(Problem::kProviderMissing, {request_id});
    case Reason::kQueueFull:
      return problem(Problem::kQueueFull, {request_id});
    case Reason::kUnavailable:
      return problem(Problem::kStoreUnavailable, {request_id});
    case Reason::kInternal:
      break;
  }
  return problem(Problem::kInternalError, {request_id});
}

http::Response accepted(domain::MessageId id) {
  const auto text = id.text();
  auto response = json(202, R"({"status":"accepted","id":")" + text + "\"}");
  response.headers.emplace_back("Location", "/api/messages/" + text);
  return response;
}

// The length that the head announces; 0 when it announces none. The HTTP room has refused what is no number.
std::uint64_t announced_length(const http::Request& request) {
  const auto text = request.header("Content-Length").value_or("0");
  std::uint64_t length = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, length);
  return parsed.ec == std::errc::result_out_of_range ? UINT64_MAX : length;
}

// The gates of framing and negotiation behind the route; nothing when they let the request pass.
std::optional<http::Response> negotiate(const Match& match, const http::Request& request, std::uint64_t body_bytes,
                                        std::size_t max_body_bytes) {
  if (match.takes_json && !carries_json(request)) return problem(Problem::kUnsupportedMediaType, {request.request_id});
  if (match.gives_json && !accepts_json(request)) return problem(Problem::kNotAcceptable, {request.request_id});
  if (body_bytes > max_body_bytes) return problem(Problem::kBodyTooLarge, {request.request_id});
  return std::nullopt;
}

}  // namespace

Api::Api(Options options, const Dependencies& dependencies)
    : options_(std::move(options)), from_(dependencies), router_(options_.health_path) {}

void Api::handle(const http::Request& request, http::Responder responder) {
  const auto match = router_.resolve(request.method, request.path);
  if (!match) return std::move(responder).respond(of_miss(match.error(), request.request_id));
  if (auto refusal = negotiate(*match, request, request.body.size(), options_.max_body_bytes))
    return std::move(responder).respond(*std::move(refusal));
  switch (match->endpoint) {
    case Endpoint::kSendPhone:
      return send(request, intake::Medium::kPhone, std::move(responder));
    case Endpoint::kSendEmail:
      return send(request, intake::Medium::kEmail, std::move(responder));
    default:
      std::move(responder).respond(fresh(answer(*match, request)));
  }
}

std::optional<http::Response> Api::check_head(const http::Request& request) {
  const auto match = router_.resolve(request.method, request.path);
  if (!match) return of_miss(match.error(), request.request_id);
  return negotiate(*match, request, announced_length(request), options_.max_body_bytes);
}

http::Response Api::refuse(const http::Fault& fault) noexcept {
  try {
    return problem_of(fault);
  } catch (...) {  // out of memory: the status alone is still an answer
    http::Response bare;
    bare.status = fault.status;
    return bare;
  }
}

void Api::send(const http::Request& request, intake::Medium medium, http::Responder responder) {
  const auto reasons = from_.readiness.reasons();
  const auto is = [&reasons](NotReady reason) {
    return std::find(reasons.begin(), reasons.end(), reason) != reasons.end();
  };
  if (is(NotReady::kStarting)) return std::move(responder).respond(problem(Problem::kStarting, {request.request_id}));
  if (is(NotReady::kDraining)) return std::move(responder).respond(problem(Problem::kDraining, {request.request_id}));
  auto decoded = decode_send(request.body, medium);
  if (!decoded) {
    from_.metrics.refused_invalid.add();
    const std::vector<intake::Fault> errors{{"", "must be well-formed JSON"}};
    return std::move(responder).respond(
        problem(Problem::kInvalidJson, {request.request_id, decoded.error().detail, &errors}));
  }
  std::string request_id(request.request_id);
  // A std::function must be copyable, a Responder is not.
  const auto shared = std::make_shared<http::Responder>(std::move(responder));
  from_.intake.accept(*std::move(decoded), request_id, [shared, request_id](const intake::AcceptResult& result) {
    std::move(*shared).respond(result ? accepted(*result) : of_refusal(result.error(), request_id));
  });
}

http::Response Api::answer(const Match& match, const http::Request& request) {
  switch (match.endpoint) {
    case Endpoint::kGetMessage:
      return message(match.parameter, request);
    case Endpoint::kListProviders:
      return providers(request);
    case Endpoint::kGetProvider:
      return provider(match.parameter, request);
    case Endpoint::kReady:
      return ready(request);
    case Endpoint::kMetrics:
      return metrics(request);
    case Endpoint::kHealth:
    case Endpoint::kLive:
      return json(200, R"({"status":"ok"})");
    case Endpoint::kSendPhone:
    case Endpoint::kSendEmail:
      break;
  }
  return problem(Problem::kInternalError, {request.request_id});
}

http::Response Api::message(const std::string& id, const http::Request& request) {
  const auto parsed = base::MessageId::parse(id);
  if (!parsed) return problem(Problem::kMessageNotFound, {request.request_id});
  const auto found = from_.reader.find(*parsed);
  if (!found && found.error().code == base::ErrorCode::kNotFound)
    return problem(Problem::kMessageNotFound, {request.request_id});
  if (!found) return read_failure(found.error(), request.request_id);
  const auto reason = waiting_for(*found, from_.breakers.lane(found->provider), from_.clock.wall());
  return json(200, message_json(*found, reason));
}

http::Response Api::providers(const http::Request& request) {
  const auto views = provider_views({from_.providers, from_.breakers, from_.reader, from_.metrics});
  if (!views) return read_failure(views.error(), request.request_id);
  return json(200, providers_json(*views));
}

http::Response Api::provider(const std::string& name, const http::Request& request) {
  const auto views = provider_views({from_.providers, from_.breakers, from_.reader, from_.metrics});
  if (!views) return read_failure(views.error(), request.request_id);
  const auto* found = named(*views, name);
  if (found == nullptr) return problem(Problem::kProviderNotFound, {request.request_id});
  return json(200, provider_json(*found));
}

http::Response Api::ready(const http::Request& request) {
  const auto reasons = from_.readiness.reasons();
  if (reasons.empty()) return json(200, R"({"status":"ready"})");
  std::vector<std::string_view> names;
  names.reserve(reasons.size());
  for (const auto reason : reasons)
    names.push_back(to_string(reason));
  return problem(Problem::kNotReady, {request.request_id, {}, nullptr, &names});
}

http::Response Api::metrics(const http::Request& request) {
  const auto form = metrics_form(request);
  if (!form) return problem(Problem::kNotAcceptable, {request.request_id, "Allow text/plain or application/json."});
  http::Response response;
  const bool as_json = *form == MetricsForm::kJson;
  response.content_type = as_json ? "application/json" : "text/plain; version=0.0.4; charset=utf-8";
  response.body = as_json ? from_.metrics.flat_json(from_.clock.wall()) : from_.metrics.prometheus_text();
  return response;
}

http::Response Api::read_failure(const base::Error& error, std::string_view request_id) {
  from_.log.error("api.read_failed", {{"request_id", request_id}, {"error", error.message}});
  const bool passing = error.code == base::ErrorCode::kUnavailable || error.code == base::ErrorCode::kExhausted;
  return problem(passing ? Problem::kStoreUnavailable : Problem::kInternalError, {request_id});
}

}  // namespace herald::api
