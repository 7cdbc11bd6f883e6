// The JSON of what carriers bring to the host's own webhooks.
#pragma once

#include <string_view>

#include <tl/expected.hpp>

#include "api/document_reader.h"
#include "intake/inbound_request.h"

namespace herald::api {

// As decode_send; a timestamp that cannot be read is absent and no fault. Any thread.
tl::expected<intake::InboundRequest, Malformed> decode_inbound(std::string_view body, intake::InboundSource source);

}  // namespace herald::api
