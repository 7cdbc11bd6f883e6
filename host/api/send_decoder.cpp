#include "api/send_decoder.h"

#include <array>

#include "api/field_table.h"

namespace herald::api {
namespace {

using intake::SendRequest;
using SendField = Field<SendRequest>;

void read_timestamp(SendRequest& request, std::string_view name, JsonValue& value) {
  if (value.kind == JsonValue::Kind::kNull) return;
  if (value.kind == JsonValue::Kind::kString) request.timestamp = base::parse_rfc3339(*value.text);
  if (!request.timestamp)
    request.faults.add(pointer_to(name), "must be an RFC 3339 time such as 2026-01-02T03:04:05.678Z");
}

void read_ttl(SendRequest& request, std::string_view name, JsonValue& value) {
  if (value.kind == JsonValue::Kind::kInteger)
    request.ttl_seconds = value.integer;
  else if (value.kind != JsonValue::Kind::kNull)
    request.faults.add(pointer_to(name), "must be a whole number of seconds");
}

constexpr std::array kPhoneFields{
    SendField{"from", read_text<&SendRequest::from>},
    SendField{"to", read_text<&SendRequest::to>},
    SendField{"type", read_phone_type<&SendRequest::channel>},
    SendField{"body", read_text<&SendRequest::body>},
    SendField{"attachments", read_attachments, read_attachment},
    SendField{"timestamp", read_timestamp},
    SendField{"ttl_seconds", read_ttl},
};

constexpr std::array kEmailFields{
    SendField{"from", read_text<&SendRequest::from>},
    SendField{"to", read_text<&SendRequest::to>},
    SendField{"subject", read_text<&SendRequest::subject>},
    SendField{"body", read_text<&SendRequest::body>},
    SendField{"attachments", read_attachments, read_attachment},
    SendField{"timestamp", read_timestamp},
    SendField{"ttl_seconds", read_ttl},
};

}  // namespace

tl::expected<SendRequest, Malformed> decode_send(std::string_view body, intake::Medium medium) {
  SendRequest request;
  request.medium = medium;
  const bool email = medium == intake::Medium::kEmail;
  FieldTable<SendRequest> fields(
      email ? std::span<const SendField>(kEmailFields) : std::span<const SendField>(kPhoneFields), request);
  if (auto read = read_document(body, fields); !read) return tl::make_unexpected(std::move(read.error()));
  return request;
}

}  // namespace herald::api
