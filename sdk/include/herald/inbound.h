// What a carrier brings to a provider: messages from people, and receipts for messages that were sent.
#ifndef HERALD_INBOUND_H
#define HERALD_INBOUND_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <herald/message.h>
#include <herald/status.h>

namespace herald {

/// A message from a person, as its carrier hands it over.
///
/// Ownership: it owns its texts, all of which are UTF-8; the host copies them. Threading: a plain value. Source:
/// herald_inbound_message in abi_inbound.h.
struct InboundMessage {
  /// "sms", "mms" or "email".
  std::string channel;
  /// Who wrote it, and to whom; as the carrier writes addresses.
  std::string from;
  std::string to;
  /// Kept byte for byte.
  std::string body;
  /// The carrier's own id, at most 255 bytes. A message that comes again under the same id is the same message, so give
  /// it whenever there is one: carriers repeat themselves. Empty: never the same as another.
  std::string provider_message_id;
  /// Of an email; nothing when it has none.
  std::optional<std::string> subject;
  /// http or https URLs.
  std::vector<std::string> attachments;
  /// The carrier's time of the message; without one the time of receipt counts.
  std::optional<std::chrono::system_clock::time_point> timestamp;
};

/// What became of a message that the provider took. Its first receipt counts; one that comes before the outcome of its
/// dispatch waits for it.
///
/// Ownership: it owns its texts. Threading: a plain value. Source: herald_receipt in abi_inbound.h.
class Receipt {
 public:
  /// The message reached its recipient. `provider_message_id`, 1 to 255 bytes, is the one of `Outcome::success`.
  static Receipt delivered(std::string provider_message_id) {
    return Receipt(HERALD_RECEIPT_DELIVERED, std::move(provider_message_id), std::string());
  }

  /// The message will not reach its recipient: final. `code` is short and stable, for operators; at most 64 bytes of it
  /// are kept.
  static Receipt failed(std::string provider_message_id, std::string code) {
    return Receipt(HERALD_RECEIPT_FAILED, std::move(provider_message_id), std::move(code));
  }

  /// HERALD_RECEIPT_*.
  std::uint32_t status() const noexcept { return status_; }
  const std::string& provider_message_id() const noexcept { return provider_message_id_; }
  const std::string& error_code() const noexcept { return error_code_; }

 private:
  Receipt(std::uint32_t status, std::string id, std::string code)
      : status_(status), provider_message_id_(std::move(id)), error_code_(std::move(code)) {}

  std::uint32_t status_;
  std::string provider_message_id_;
  std::string error_code_;
};

/// Called once when what was emitted is on disk (`Status::ok()`) or will not be. Threading: any thread of the host's,
/// also inside the call that emits; must not block. An exception is caught and logged.
using Emitted = std::function<void(const Status& stored)>;

namespace detail {

// Well-formed UTF-8 (RFC 3629); U+0000 is a character like any other.
inline bool is_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = [text](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const unsigned lead = byte(at);
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() - at < length) return false;
    std::uint32_t value = lead & (0x7FU >> length);
    for (std::size_t index = 1; index < length; ++index) {
      if ((byte(at + index) & 0xC0U) != 0x80U) return false;
      value = (value << 6) | (byte(at + index) & 0x3FU);
    }
    constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < kLeast[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return false;
    at += length;
  }
  return true;
}

inline constexpr std::size_t kMaxProviderMessageId = 255;

// Why the host would refuse it, in words that hold nothing of its texts; empty when it would not.
inline std::string fault_of(const InboundMessage& message) {
  if (message.channel != "sms" && message.channel != "mms" && message.channel != "email")
    return "the channel of a message is neither sms nor mms nor email";
  if (message.provider_message_id.size() > kMaxProviderMessageId) return "the id of a message is over 255 bytes";
  if (message.attachments.size() > std::numeric_limits<std::uint32_t>::max()) return "too many attachments";
  const std::pair<const char*, const std::string*> texts[] = {{"sender", &message.from},
                                                              {"recipient", &message.to},
                                                              {"body", &message.body},
                                                              {"id", &message.provider_message_id}};
  for (const auto& text : texts) {
    if (!is_utf8(*text.second)) return std::string("the ") + text.first + " of a message is no UTF-8";
  }
  if (message.subject && !is_utf8(*message.subject)) return "the subject of a message is no UTF-8";
  for (const std::string& url : message.attachments) {
    if (!is_utf8(url)) return "an attachment of a message is no UTF-8";
  }
  return std::string();
}

inline std::string fault_of(const Receipt& receipt) {
  const std::size_t size = receipt.provider_message_id().size();
  if (size == 0) return "a receipt names no message";
  if (size > kMaxProviderMessageId) return "the id in a receipt is over 255 bytes";
  if (!is_utf8(receipt.provider_message_id())) return "the id in a receipt is no UTF-8";
  if (!is_utf8(receipt.error_code())) return "the error code of a receipt is no UTF-8";
  return std::string();
}

// The form that crosses the border. It points into the message and into `attachments`, which it fills; both must live
// as long as it is used.
inline herald_inbound_message raw_of(const InboundMessage& message, std::vector<herald_str>& attachments) {
  attachments.clear();
  for (const std::string& url : message.attachments)
    attachments.push_back(as_str(url));
  herald_inbound_message raw;
  std::memset(&raw, 0, sizeof raw);
  raw.struct_size = sizeof raw;
  raw.attachment_count = static_cast<std::uint32_t>(attachments.size());
  raw.timestamp_unix_ms = std::numeric_limits<std::int64_t>::min();
  if (message.timestamp) {
    const auto since_epoch = message.timestamp->time_since_epoch();
    raw.timestamp_unix_ms = std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
  }
  raw.provider_message_id = as_str(message.provider_message_id);
  raw.channel = as_str(message.channel);
  raw.from = as_str(message.from);
  raw.to = as_str(message.to);
  if (message.subject) raw.subject = as_str(*message.subject);
  raw.body = as_str(message.body);
  raw.attachments = attachments.empty() ? nullptr : attachments.data();
  return raw;
}

inline herald_receipt raw_of(const Receipt& receipt) noexcept {
  herald_receipt raw;
  std::memset(&raw, 0, sizeof raw);
  raw.struct_size = sizeof raw;
  raw.status = receipt.status();
  raw.provider_message_id = as_str(receipt.provider_message_id());
  raw.error_code = as_str(receipt.error_code());
  return raw;
}

}  // namespace detail

/// Gathers what one webhook brought; the host stores it as a whole when `webhook` has returned.
///
/// Threading: one thread at a time. Source: herald_webhook_exchange in abi_inbound.h.
class Emitter {
 public:
  Emitter() = default;
  Emitter(const Emitter&) = delete;
  Emitter& operator=(const Emitter&) = delete;

  /// Takes a message from a person. False when it cannot be taken, as `refusal` then says; nothing of this webhook is
  /// stored any more, and you need not look: the carrier gets 400 with the reason in place of your answer.
  bool message(InboundMessage message) { return take(messages_, std::move(message)); }

  /// Takes a receipt for a message that was sent; otherwise as `message`.
  bool receipt(Receipt receipt) { return take(receipts_, std::move(receipt)); }

  /// The first reason for which something was not taken: a text that is no UTF-8, a channel that is none, an id that is
  /// too long or missing, more than HERALD_EMIT_MAX in all. Empty when everything was taken.
  const std::string& refusal() const noexcept { return refusal_; }

  /// What was taken so far.
  const std::vector<InboundMessage>& messages() const noexcept { return messages_; }
  const std::vector<Receipt>& receipts() const noexcept { return receipts_; }

 private:
  template <typename Event>
  bool take(std::vector<Event>& into, Event event) {
    std::string fault = detail::fault_of(event);
    if (fault.empty() && messages_.size() + receipts_.size() >= HERALD_EMIT_MAX)
      fault = "more than " + std::to_string(HERALD_EMIT_MAX) + " messages and receipts in one request; send fewer";
    if (fault.empty()) {
      into.push_back(std::move(event));
      return true;
    }
    if (refusal_.empty()) refusal_ = std::move(fault);
    return false;
  }

  std::vector<InboundMessage> messages_;
  std::vector<Receipt> receipts_;
  std::string refusal_;
};

}  // namespace herald

#endif  // HERALD_INBOUND_H
