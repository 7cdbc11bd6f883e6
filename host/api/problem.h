// Every error that a client can meet, in one table, and its form: application/problem+json (RFC 9457) with the members
// `code` and `message` of the older contract. No text of an exception, no path and no address enters here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/handler.h"
#include "http/message.h"
#include "intake/send_request.h"

namespace herald::api {

enum class Problem : std::uint8_t {
  kMalformedPath,
  kInvalidJson,
  kValidationFailed,
  kInvalidParameter,
  kKeyRequired,
  kKeyInvalid,
  kSignatureInvalid,
  kScopeMissing,
  kDeniedTooOften,
  kNotFound,
  kMessageNotFound,
  kConversationNotFound,
  kProviderNotFound,
  kWebhookNotFound,
  kMethodNotAllowed,
  kNotAcceptable,
  kKeyInFlight,
  kWebhookReplayed,
  kNotCancellable,
  kNotRetryable,
  kProviderRefused,
  kSettingsUnfit,
  kBodyTooLarge,
  kUnsupportedMediaType,
  kKeyReused,
  kRateLimited,
  kProviderMissing,
  kInternalError,
  kWebhookFailed,
  kStarting,
  kDraining,
  kQueueFull,
  kStoreUnavailable,
  kProviderUnavailable,
  kNotReady,
};

// What one occurrence adds to its kind.
struct Occurrence {
  std::string_view request_id = {};
  std::string_view detail = {};  // empty: the first of `errors`, else the kind's own
  const std::vector<intake::Fault>* errors = nullptr;
  const std::vector<std::string_view>* reasons = nullptr;
};

// With Retry-After where trying again can help, and "Connection: close" where the body was left unread. Any thread.
http::Response problem(Problem kind, const Occurrence& occurrence);

// The same form for what the HTTP room refuses.
http::Response problem_of(const http::Fault& fault);

}  // namespace herald::api
