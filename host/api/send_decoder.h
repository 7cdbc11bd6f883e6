// The JSON of a request to send.
#pragma once

#include <string_view>

#include <tl/expected.hpp>

#include "api/document_reader.h"
#include "intake/send_request.h"

namespace herald::api {

// As read_document. A field of the wrong type is a fault of the request. Fields that the contract does not name are
// ignored, as HTTP APIs commonly do, so that a client of a later or an older contract is served. null is an absent
// field. Any thread.
tl::expected<intake::SendRequest, Malformed> decode_send(std::string_view body, intake::Medium medium);

}  // namespace herald::api
