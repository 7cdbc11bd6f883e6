#include "api/api.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include "api/answers.h"
#include "api/loggable_path.h"
#include "api/negotiation.h"
#include "api/problem.h"
#include "api/provider_json.h"
#include "base/random.h"

namespace herald::api {
namespace {

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

// The length that the head announces; 0 when it announces none. The HTTP room has refused what is no number.
std::uint64_t announced_length(const http::Request& request) {
  const auto text = request.header("Content-Length").value_or("0");
  std::uint64_t length = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, length);
  return parsed.ec == std::errc::result_out_of_range ? UINT64_MAX : length;
}

// The gates of framing and negotiation behind the route; nothing when they let the request pass.
std::optional<http::Response> negotiate(const Traits& traits, const http::Request& request, std::uint64_t body_bytes,
                                        std::size_t max_body_bytes) {
  if (traits.takes_json && !carries_json(request)) return problem(Problem::kUnsupportedMediaType, {request.request_id});
  if (traits.gives_json && !accepts_json(request)) return problem(Problem::kNotAcceptable, {request.request_id});
  if (body_bytes > max_body_bytes) {
    const auto detail = "The body has " + std::to_string(body_bytes) + " bytes; this host takes at most " +
                        std::to_string(max_body_bytes) + ".";
    return problem(Problem::kBodyTooLarge, {request.request_id, detail});
  }
  return std::nullopt;
}

}  // namespace

Api::Api(Options options, const Dependencies& dependencies)
    : options_(std::move(options)),
      from_(dependencies),
      router_(options_.health_path),
      gate_({dependencies.access, dependencies.clock, dependencies.log, dependencies.metrics}, base::entropy_seed()),
      sending_(dependencies),
      messages_(dependencies, options_.default_region),
      conversations_(dependencies.reader, dependencies.log),
      providers_(dependencies) {}

// From here on a request's remote address is the client's, also where it came through a proxy.
void Api::handle(const http::Request& request, http::Responder responder) {
  const auto client = gate_.client_of(request);
  if (client == request.remote_address) return handle_from_client(request, std::move(responder));
  http::Request from_client = request;
  from_client.remote_address = client;
  handle_from_client(from_client, std::move(responder));
}

void Api::handle_from_client(const http::Request& request, http::Responder responder) {
  const auto match = router_.resolve(request.method, request.path);
  if (!match) {
    auto refusal = gate_.refusal_of_stranger(request);
    return std::move(responder).respond(refusal ? *std::move(refusal) : of_miss(match.error(), request.request_id));
  }
  auto passage = gate_.admit(match->need, request, Gate::Extent::kWhole);
  if (!passage) return std::move(responder).respond(std::move(passage.error()));
  if (auto refusal = negotiate(match->traits, request, request.body.size(), options_.max_body_bytes))
    return std::move(responder).respond(*std::move(refusal));
  if (!match->traits.changes) return std::move(responder).respond(fresh(read(*match, request)));
  if (auto refusal = refusal_of_host(request)) return std::move(responder).respond(*std::move(refusal));
  change(*match, request, *std::move(passage), std::move(responder));
}

std::optional<http::Response> Api::check_head(const http::Request& request) {
  http::Request from_client = request;
  from_client.remote_address = gate_.client_of(request);
  const auto match = router_.resolve(request.method, request.path);
  if (!match) {
    auto refusal = gate_.refusal_of_stranger(from_client);
    return refusal ? *std::move(refusal) : of_miss(match.error(), request.request_id);
  }
  auto passage = gate_.admit(match->need, from_client, Gate::Extent::kHead);
  if (!passage) return std::move(passage.error());
  return negotiate(match->traits, request, announced_length(request), options_.max_body_bytes);
}

// An operator's own name for the health probe is no secret to the log.
std::string Api::loggable_path(std::string_view path) const {
  return path == options_.health_path ? std::string(path) : api::loggable_path(path);
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

// Nothing when the host takes changes.
std::optional<http::Response> Api::refusal_of_host(const http::Request& request) const {
  const auto reasons = from_.readiness.reasons();
  const auto is = [&reasons](NotReady reason) {
    return std::find(reasons.begin(), reasons.end(), reason) != reasons.end();
  };
  if (is(NotReady::kStarting)) return problem(Problem::kStarting, {request.request_id});
  if (is(NotReady::kDraining)) return problem(Problem::kDraining, {request.request_id});
  return std::nullopt;
}

void Api::change(const Match& match, const http::Request& request, Gate::Passage passage,
                 http::Responder responder) const {
  switch (match.endpoint) {
    case Endpoint::kSendPhone:
      return sending_.send(request, intake::Medium::kPhone, std::move(responder));
    case Endpoint::kSendEmail:
      return sending_.send(request, intake::Medium::kEmail, std::move(responder));
    case Endpoint::kMockInbound:
      return sending_.receive(request, intake::InboundSource::kMock, std::move(passage.delivery), std::move(responder));
    case Endpoint::kSmsWebhook:
      return sending_.receive(request, intake::InboundSource::kSmsWebhook, std::move(passage.delivery),
                              std::move(responder));
    case Endpoint::kEmailWebhook:
      return sending_.receive(request, intake::InboundSource::kEmailWebhook, std::move(passage.delivery),
                              std::move(responder));
    case Endpoint::kRetryMessages:
      return messages_.retry_many(request, std::move(responder));
    case Endpoint::kCancelMessage:
      return messages_.cancel(match.parameter, request, std::move(responder));
    case Endpoint::kRetryMessage:
      return messages_.retry(match.parameter, request, std::move(responder));
    case Endpoint::kEnableProvider:
      return providers_.set_enabled(match.parameter, true, request, std::move(responder));
    case Endpoint::kDisableProvider:
      return providers_.set_enabled(match.parameter, false, request, std::move(responder));
    case Endpoint::kSetProviderConfig:
      return providers_.configure(match.parameter, request, std::move(responder));
    case Endpoint::kResetProviderConfig:
      return providers_.reset_config(match.parameter, request, std::move(responder));
    case Endpoint::kProviderWebhook:
      return providers_.webhook(match.parameter, match.tail, request, std::move(responder));
    case Endpoint::kSetFaults:
      return providers_.set_faults(request, std::move(responder));
    default:
      std::move(responder).respond(problem(Problem::kInternalError, {request.request_id}));
  }
}

http::Response Api::read(const Match& match, const http::Request& request) const {
  switch (match.endpoint) {
    case Endpoint::kListMessages:
      return messages_.list(request);
    case Endpoint::kGetMessage:
      return messages_.one(match.parameter, request);
    case Endpoint::kListConversations:
      return conversations_.list(request);
    case Endpoint::kGetConversation:
      return conversations_.one(match.parameter, request);
    case Endpoint::kListConversationMessages:
      return conversations_.messages(match.parameter, request);
    case Endpoint::kListProviders:
      return providers_.list(request);
    case Endpoint::kGetProvider:
      return providers_.one(match.parameter, request.request_id);
    case Endpoint::kGetProviderConfig:
      return providers_.config(match.parameter, request.request_id);
    case Endpoint::kGetFaults:
      return providers_.faults();
    case Endpoint::kReady:
      return ready(request);
    case Endpoint::kMetrics:
      return metrics(request);
    case Endpoint::kHealth:
    case Endpoint::kLive:
      return json(200, R"({"status":"ok"})");
    default:
      return problem(Problem::kInternalError, {request.request_id});
  }
}

http::Response Api::ready(const http::Request& request) const {
  const auto reasons = from_.readiness.reasons();
  if (reasons.empty()) return json(200, ready_json(from_.readiness.stalled_providers()));
  std::vector<std::string_view> names;
  names.reserve(reasons.size());
  for (const auto reason : reasons)
    names.push_back(to_string(reason));
  return problem(Problem::kNotReady, {request.request_id, {}, nullptr, &names});
}

http::Response Api::metrics(const http::Request& request) const {
  const auto form = metrics_form(request);
  if (!form) return problem(Problem::kNotAcceptable, {request.request_id, "Allow text/plain or application/json."});
  http::Response response;
  const bool as_json = *form == MetricsForm::kJson;
  response.content_type = as_json ? "application/json" : "text/plain; version=0.0.4; charset=utf-8";
  response.body = as_json ? from_.metrics.flat_json(from_.clock.wall()) : from_.metrics.prometheus_text();
  return response;
}

}  // namespace herald::api
