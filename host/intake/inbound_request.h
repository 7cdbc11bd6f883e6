// A message from a carrier, decoded from one of the host's own webhooks and not yet judged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/message.h"
#include "intake/send_request.h"

namespace herald::intake {

// Which webhook it came by; stored: it tells the carriers' message ids apart.
enum class InboundSource : std::uint8_t { kMock, kSmsWebhook, kEmailWebhook };
std::string_view to_string(InboundSource source);  // "mock", "webhook/sms", "webhook/email"

// As SendRequest: an absent field is nullopt, a field that could not be read is absent and stands in `faults`. A
// timestamp that cannot be read is absent and is no fault: the time of receipt stands in for it.
struct InboundRequest {
  InboundSource source = InboundSource::kMock;
  std::optional<domain::Channel> channel;  // of the mock: `channel`; of the SMS webhook: `type`; of email's: kEmail
  std::optional<domain::Channel> type;     // of the mock, for sms and mms: must be absent or agree with `channel`
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::string> subject;
  std::optional<std::string> body;
  std::vector<std::string> attachments;
  std::optional<domain::WallTime> timestamp;
  std::optional<std::string> provider_message_id;  // messaging_provider_id, xillio_id; the mock has none
  Faults faults;
};

}  // namespace herald::intake
