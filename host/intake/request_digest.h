// What makes two requests the same, and what an idempotency key must look like.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/request_key.h"
#include "intake/inbound_request.h"
#include "intake/send_request.h"

namespace herald::intake {

// What is wrong with the value of the header Idempotency-Key, in words for a client; nothing for a sound one.
std::optional<std::string_view> fault_of_key(std::string_view key);

// Pure functions, from any thread. The digest of a request covers its endpoint and each field that it has, as the
// client wrote it; what it left out, the host's defaults and the layout of its JSON do not count. So a field that a
// later version adds leaves the digests of requests without it as they were.
domain::Digest digest_of_key(std::string_view key);
// Of a signed webhook's id. No key has the same digest, whatever a client writes into it.
domain::Digest digest_of_delivery(std::string_view id);
domain::Digest digest_of(const SendRequest& request);
domain::Digest digest_of(const InboundRequest& request);

// The key of a request under the value of its header: nothing without a header, and nothing with an unsound one, which
// is added to the request's faults.
template <typename Request>
std::optional<domain::RequestKey> key_of(const std::optional<std::string>& header, Request& request) {
  if (!header) return std::nullopt;
  if (const auto fault = fault_of_key(*header)) {
    request.faults.add("", std::string(*fault));
    return std::nullopt;
  }
  return domain::RequestKey{digest_of_key(*header), digest_of(request)};
}

}  // namespace herald::intake
