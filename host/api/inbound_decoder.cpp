#include "api/inbound_decoder.h"

#include <array>

#include "api/field_table.h"

namespace herald::api {
namespace {

using domain::Channel;
using intake::InboundRequest;
using intake::InboundSource;
using InboundField = Field<InboundRequest>;

void read_channel(InboundRequest& request, std::string_view name, JsonValue& value) {
  if (value.kind == JsonValue::Kind::kNull) return;
  if (value.kind == JsonValue::Kind::kString) request.channel = domain::parse_channel(*value.text);
  if (!request.channel) request.faults.add(pointer_to(name), "must be \"sms\", \"mms\" or \"email\"");
}

// An email may say that it is one.
void read_type(InboundRequest& request, std::string_view name, JsonValue& value) {
  if (value.kind == JsonValue::Kind::kNull) return;
  if (value.kind == JsonValue::Kind::kString) request.type = domain::parse_channel(*value.text);
  if (!request.type) request.faults.add(pointer_to(name), "must be \"sms\" or \"mms\"");
}

void read_timestamp(InboundRequest& request, std::string_view, JsonValue& value) {
  if (value.kind == JsonValue::Kind::kString) request.timestamp = base::parse_rfc3339(*value.text);
}

constexpr std::array kMockFields{
    InboundField{"channel", read_channel},
    InboundField{"from", read_text<&InboundRequest::from>},
    InboundField{"to", read_text<&InboundRequest::to>},
    InboundField{"type", read_type},
    InboundField{"subject", read_text<&InboundRequest::subject>},
    InboundField{"body", read_text<&InboundRequest::body>},
    InboundField{"attachments", read_attachments, read_attachment},
    InboundField{"timestamp", read_timestamp},
};

constexpr std::array kSmsFields{
    InboundField{"from", read_text<&InboundRequest::from>},
    InboundField{"to", read_text<&InboundRequest::to>},
    InboundField{"type", read_phone_type<&InboundRequest::channel>},
    InboundField{"messaging_provider_id", read_text<&InboundRequest::provider_message_id>},
    InboundField{"body", read_text<&InboundRequest::body>},
    InboundField{"attachments", read_attachments, read_attachment},
    InboundField{"timestamp", read_timestamp},
};

constexpr std::array kEmailFields{
    InboundField{"from", read_text<&InboundRequest::from>},
    InboundField{"to", read_text<&InboundRequest::to>},
    InboundField{"xillio_id", read_text<&InboundRequest::provider_message_id>},
    InboundField{"subject", read_text<&InboundRequest::subject>},
    InboundField{"body", read_text<&InboundRequest::body>},
    InboundField{"attachments", read_attachments, read_attachment},
    InboundField{"timestamp", read_timestamp},
};

std::span<const InboundField> fields_of(InboundSource source) {
  switch (source) {
    case InboundSource::kSmsWebhook:
      return kSmsFields;
    case InboundSource::kEmailWebhook:
      return kEmailFields;
    case InboundSource::kMock:
      break;
  }
  return kMockFields;
}

}  // namespace

tl::expected<InboundRequest, Malformed> decode_inbound(std::string_view body, InboundSource source) {
  InboundRequest request;
  request.source = source;
  if (source == InboundSource::kEmailWebhook) request.channel = Channel::kEmail;
  FieldTable<InboundRequest> fields(fields_of(source), request);
  if (auto read = read_document(body, fields); !read) return tl::make_unexpected(std::move(read.error()));
  return request;
}

}  // namespace herald::api
