// What carriers bring: messages from people, and word of what became of messages that were sent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/message.h"

namespace herald::domain {

// A message as a carrier hands it over; not yet judged.
struct CarrierMessage {
  Channel channel = Channel::kSms;
  std::string from;
  std::string to;
  std::optional<std::string> subject;  // email only
  std::string body;
  std::vector<std::string> attachments;
  std::optional<WallTime> timestamp;  // nothing when the carrier gave none that can be read: the time of receipt counts
  std::string provider_message_id;    // the carrier's id; the same one twice is one message; empty: never the same
};

// An inbound message on its way into the store.
struct NewInbound {
  Content content;
  std::string provider_message_id;
  std::string normalized_from;  // or the address as it came, where normalising fails
  std::string normalized_to;
  std::string request_id;
  WallTime received_at;
};

// What a carrier says of a message that it took.
struct Receipt {
  std::string provider_message_id;  // as the provider named the message in its outcome
  bool delivered = false;           // else it failed for good
  std::string error_code;           // of a failure; may be empty
};

// What one webhook or one emit brought. All of it is stored, or nothing.
struct CarrierEvents {
  std::string provider;    // that brought them
  std::string request_id;  // of the webhook's request; empty when there was none
  std::vector<CarrierMessage> messages;
  std::vector<Receipt> receipts;
};

}  // namespace herald::domain
