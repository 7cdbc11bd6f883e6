#include "api/gate.h"

#include <string>
#include <utility>
#include <vector>

#include "api/answers.h"
#include "api/media_type.h"
#include "base/ip_network.h"

namespace herald::api {
namespace {

using Judgement = access::Access::Judgement;

constexpr std::string_view kBearer = R"(Bearer realm="herald")";
constexpr std::string_view kSignature = R"(Webhook-Signature realm="herald")";

std::vector<std::string_view> values_of(const http::Request& request, std::string_view name) {
  std::vector<std::string_view> values;
  for (const auto& field : request.headers) {
    if (equal_without_case(field.name, name)) values.push_back(field.value);
  }
  return values;
}

// The value of a field that stands there once; else empty.
std::string_view only_value(const http::Request& request, std::string_view name) {
  const auto values = values_of(request, name);
  return values.size() == 1 ? values.front() : std::string_view();
}

// The secret in "Bearer <secret>" (RFC 6750 section 2.1); empty for anything else.
std::string_view bearer_of(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (!equal_without_case(authorization.substr(0, kScheme.size()), kScheme)) return {};
  auto secret = authorization.substr(kScheme.size());
  while (!secret.empty() && secret.front() == ' ')
    secret.remove_prefix(1);
  return secret;
}

std::string_view text_of(access::SignatureFault fault) {
  switch (fault) {
    case access::SignatureFault::kMissing:
      return "signature missing";
    case access::SignatureFault::kTooOld:
      return "signed too long ago";
    case access::SignatureFault::kTooNew:
      return "signed in the future";
    case access::SignatureFault::kMismatch:
      break;
  }
  return "signature wrong";
}

access::Scope scope_of(Need need) {
  switch (need) {
    case Need::kSend:
    case Need::kCarrier:
    case Need::kPlugin:
      return access::Scope::kSend;
    case Need::kRead:
      return access::Scope::kRead;
    case Need::kAdmin:
    case Need::kNothing:
      break;
  }
  return access::Scope::kAdmin;
}

}  // namespace

Gate::Gate(const Dependencies& dependencies, std::uint64_t limit_salt)
    : to_(dependencies), denials_({kDenialsAMinute, 0}, limit_salt, to_.clock) {}

std::string_view Gate::client_of(const http::Request& request) const {
  if (!to_.access.believes_proxies()) return request.remote_address;
  return to_.access.client_of(request.remote_address, values_of(request, "X-Forwarded-For"));
}

tl::expected<Gate::Passage, http::Response> Gate::admit(Need need, const http::Request& request, Extent extent) {
  if (need == Need::kNothing) return Passage{};
  if (need == Need::kCarrier && to_.access.needs_signatures())
    return extent == Extent::kWhole ? admit_signed(request) : Passage{};
  if (need == Need::kPlugin && !to_.access.needs_webhook_keys()) return Passage{};
  if (auto refusal = refusal_by_key(scope_of(need), request)) return tl::make_unexpected(*std::move(refusal));
  return Passage{};
}

std::optional<http::Response> Gate::refusal_of_stranger(const http::Request& request) {
  if (!is_guarded(request.path)) return std::nullopt;
  return refusal_by_key(std::nullopt, request);
}

std::optional<http::Response> Gate::refusal_by_key(std::optional<access::Scope> scope, const http::Request& request) {
  if (!to_.access.needs_keys()) return std::nullopt;
  const auto given = values_of(request, "Authorization");
  if (given.empty()) return denied(Problem::kKeyRequired, "no key", request);
  const auto judged = to_.access.judge(given.size() == 1 ? bearer_of(given.front()) : std::string_view(), scope);
  switch (judged.kind) {
    case Judgement::Kind::kAdmitted:
      return std::nullopt;
    case Judgement::Kind::kUnknown:
      return denied(Problem::kKeyInvalid, "unknown key", request);
    case Judgement::Kind::kExpired:
      return denied(Problem::kKeyInvalid, "expired key " + judged.key_id, request);
    case Judgement::Kind::kNotCovered:
      break;
  }
  return not_covered(*scope, judged.key_id, request);
}

tl::expected<Gate::Passage, http::Response> Gate::admit_signed(const http::Request& request) {
  const access::SignatureFields fields{only_value(request, "webhook-id"), only_value(request, "webhook-timestamp"),
                                       only_value(request, "webhook-signature")};
  const auto verdict = to_.access.verify(fields, request.body);
  if (!verdict) return tl::make_unexpected(denied(Problem::kSignatureInvalid, text_of(verdict.error()), request));
  return Passage{intake::SignedDelivery{std::string(fields.id), *verdict}};
}

http::Response Gate::denied(Problem kind, std::string_view reason, const http::Request& request) {
  const bool by_signature = kind == Problem::kSignatureInvalid;
  (by_signature ? to_.metrics.webhooks_unsigned : to_.metrics.access_denied).add();
  const auto verdict = denials_.charge(std::string(request.remote_address), {});
  if (!verdict.admitted) {
    to_.metrics.access_limited.add();
    return over_limits(Problem::kDeniedTooOften, verdict.limits, request.request_id);
  }
  to_.log.warn(
      "access.denied",
      {{"request_id", request.request_id}, {"reason", reason}, {"network", base::masked_ip(request.remote_address)}});
  auto response = problem(kind, {request.request_id});
  std::string challenge(by_signature ? kSignature : kBearer);
  if (kind == Problem::kKeyInvalid) challenge += R"(, error="invalid_token")";
  response.headers.emplace_back("WWW-Authenticate", std::move(challenge));
  return response;
}

http::Response Gate::not_covered(access::Scope scope, std::string_view key_id, const http::Request& request) {
  to_.metrics.access_forbidden.add();
  const std::string name(access::to_string(scope));
  to_.log.warn("access.forbidden", {{"request_id", request.request_id}, {"key_id", key_id}, {"scope", name}});
  auto response =
      problem(Problem::kScopeMissing, {request.request_id, "This needs a key with the scope " + name + "."});
  response.headers.emplace_back("WWW-Authenticate",
                                std::string(kBearer) + R"(, error="insufficient_scope", scope=")" + name + "\"");
  return response;
}

}  // namespace herald::api
