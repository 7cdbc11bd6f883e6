// What a carrier brings to a provider: messages from people, and receipts for messages that were sent.
#ifndef HERALD_INBOUND_H
#define HERALD_INBOUND_H

#include <algorithm>
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
  /// Who wrote it, and to whom; as the carrier writes addresses, 1 to 320 bytes.
  std::string from;
  std::string to;
  /// Kept byte for byte; not blank unless something is attached.
  std::string body;
  /// The carrier's own id, at most 255 characters. A message that comes again under the same id is the same message, so
  /// give it whenever there is one: carriers repeat themselves. Empty: never the same as another.
  std::string provider_message_id;
  /// Of an email; nothing when it has none.
  std::optional<std::string> subject;
  /// http or https URLs; at most 100, and no more than the host is set to take.
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
  /// The message reached its recipient. `provider_message_id` is the one of `Outcome::success`, and as much
  /// of it is kept.
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

// `text` when it is UTF-8; else with '?' in place of all that is not ASCII. For words that quote what nobody has
// checked.
inline std::string as_utf8(std::string text) {
  if (is_utf8(text)) return text;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return text;
}

inline bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

// UTF-8 without control characters.
inline bool is_line(std::string_view text) noexcept {
  return is_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

inline bool is_blank(std::string_view text) noexcept {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

inline std::size_t characters(std::string_view utf8) noexcept {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

inline bool is_address(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 320 && is_line(text);
}

inline bool is_web_url(std::string_view url) noexcept {
  return url.size() <= 2048 && is_line(url) &&
         (same_without_case(url.substr(0, 7), "http://") || same_without_case(url.substr(0, 8), "https://"));
}

// Which of the host's rules (see herald_inbound_message) it breaks, as far as they can be seen from here; in words that
// hold nothing of its texts. Empty when it breaks none.
inline std::string fault_of(const InboundMessage& message) {
  if (message.channel != "sms" && message.channel != "mms" && message.channel != "email")
    return "the channel of a message is neither sms nor mms nor email";
  if (!is_address(message.from)) return "the sender of a message is no UTF-8 of 1 to 320 bytes on one line";
  if (!is_address(message.to)) return "the recipient of a message is no UTF-8 of 1 to 320 bytes on one line";
  if (!is_utf8(message.body)) return "the body of a message is no UTF-8";
  if (message.attachments.empty() && is_blank(message.body)) return "a message has neither words nor attachments";
  if (!is_line(message.provider_message_id) || characters(message.provider_message_id) > 255)
    return "the id of a message is no UTF-8 of at most 255 characters on one line";
  if (message.subject && !is_line(*message.subject)) return "the subject of a message is no UTF-8 on one line";
  if (message.attachments.size() > 100) return "a message has more than 100 attachments";
  if (!std::all_of(message.attachments.begin(), message.attachments.end(), is_web_url))
    return "an attachment is no http or https URL of at most 2048 bytes";
  return std::string();
}

inline constexpr std::size_t kMaxReceiptText = 8192;  // the host keeps less of it

inline std::string fault_of(const Receipt& receipt) {
  if (receipt.provider_message_id().empty()) return "a receipt names no message";
  if (receipt.provider_message_id().size() > kMaxReceiptText || !is_utf8(receipt.provider_message_id()))
    return "the id in a receipt is no UTF-8 of at most 8192 bytes";
  if (receipt.error_code().size() > kMaxReceiptText || !is_line(receipt.error_code()))
    return "the error code of a receipt is no UTF-8 of at most 8192 bytes on one line";
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

  /// The first reason for which something was not taken: a text that is no UTF-8, a message without sender, recipient
  /// or words, a receipt without an id, more than HERALD_EMIT_MAX in all. Empty when everything was taken.
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
