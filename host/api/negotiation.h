// What a client sends and what it wants back (RFC 9110 section 12).
#pragma once

#include <optional>

#include "http/message.h"

namespace herald::api {

// Whether the body is JSON in UTF-8: application/json or any "+json" type, no other charset, no content coding.
bool carries_json(const http::Request& request);

// Whether Accept allows application/json; no Accept allows everything.
bool accepts_json(const http::Request& request);

enum class MetricsForm { kText, kJson };

// JSON for a client that names application/json and prefers it at least as much as text; else Prometheus text. Nothing
// when Accept allows neither.
std::optional<MetricsForm> metrics_form(const http::Request& request);

}  // namespace herald::api
