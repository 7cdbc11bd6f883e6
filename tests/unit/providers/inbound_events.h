// Inbound messages, receipts and answers as a plugin writes them.
#pragma once

#include <cstdint>
#include <string_view>

#include <herald/abi.h>

#include "providers/plain_text.h"

namespace herald::test {

inline herald_inbound_message inbound_message(std::string_view body = "hello") {
  herald_inbound_message message{};
  message.struct_size = sizeof message;
  message.timestamp_unix_ms = INT64_MIN;
  message.channel = providers::as_str("email");
  message.from = providers::as_str("a@example.org");
  message.to = providers::as_str("b@example.org");
  message.body = providers::as_str(body);
  return message;
}

inline herald_receipt delivery_receipt(std::string_view id = "carrier-1") {
  herald_receipt receipt{};
  receipt.struct_size = sizeof receipt;
  receipt.status = HERALD_RECEIPT_DELIVERED;
  receipt.provider_message_id = providers::as_str(id);
  return receipt;
}

inline herald_webhook_response webhook_response(std::uint32_t status, std::string_view body = "") {
  herald_webhook_response response{};
  response.struct_size = sizeof response;
  response.status = status;
  response.content_type = providers::as_str("text/plain");
  response.body = providers::as_str(body);
  return response;
}

}  // namespace herald::test
