// The JSON of a request to send, read in one pass straight into a SendRequest, without a tree in between.
#pragma once

#include <string_view>

#include <tl/expected.hpp>

#include "intake/send_request.h"

namespace herald::api {

// Bounds on what a client may write, beside the size of the body.
inline constexpr std::size_t kMaxDepth = 32;             // of arrays and objects in each other
inline constexpr std::size_t kMaxUnknownMembers = 1000;  // in one request

// Why a body is no JSON that Herald reads; fixed text, fit for a client.
struct Malformed {
  std::string detail;
};

// Strict RFC 8259 in well-formed UTF-8; no lone surrogates; no number beyond a double. A field of the wrong type, a
// name that stands twice and a document that is no object are faults of the request. Fields that the contract does not
// name are ignored, as HTTP APIs commonly do, so that a client of a later or an older contract is served. null is an
// absent field. Any thread.
tl::expected<intake::SendRequest, Malformed> decode_send(std::string_view body, intake::Medium medium);

}  // namespace herald::api
