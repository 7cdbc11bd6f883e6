#include "providers/inbound_copy.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "providers/plain_text.h"

namespace herald::providers {
namespace {

using base::ErrorCode;

constexpr std::size_t kMaxBodyBytes = 16UL << 20U;  // the most that any request of a client may have
constexpr std::size_t kMaxLineBytes = 8UL << 10U;   // of an address, a subject, a URL
constexpr std::size_t kMaxIdBytes = 1024;
constexpr std::size_t kMaxKeptIdBytes = 255;  // as of herald_outcome.provider_message_id, which receipts must match
constexpr std::size_t kMaxErrorCodeBytes = 64;
constexpr std::size_t kMaxContentTypeBytes = 255;
constexpr std::uint32_t kMaxAttachments = 100;
// The years 1 to 9999, which are all that RFC 3339 can write.
constexpr std::int64_t kEarliestMs = -62'135'596'800'000;
constexpr std::int64_t kLatestMs = 253'402'300'799'999;

tl::unexpected<base::Error> wrong(std::string_view field, std::string_view what) {
  return base::fail(ErrorCode::kInvalid, std::string(field) + " " + std::string(what));
}

// The structure as far as it goes and as far as this host knows it.
template <typename Struct>
base::Result<Struct> taken(const Struct* given) {
  if (given == nullptr) return wrong("the structure", "is NULL");
  if (given->struct_size < sizeof(Struct)) {
    return wrong("struct_size",
                 "is " + std::to_string(given->struct_size) + ", expected at least " + std::to_string(sizeof(Struct)));
  }
  Struct out{};
  std::memcpy(&out, given, sizeof out);
  return out;
}

base::Status check_bytes(std::string_view field, herald_str text, std::size_t max_bytes) {
  if (text.data == nullptr && text.size > 0) return wrong(field, "has a size and NULL data");
  if (text.size > max_bytes) {
    return wrong(field, "has " + std::to_string(text.size) + " bytes, expected at most " + std::to_string(max_bytes));
  }
  return {};
}

base::Status check_text(std::string_view field, herald_str text, std::size_t max_bytes) {
  if (auto bounded = check_bytes(field, text, max_bytes); !bounded) return bounded;
  if (!is_utf8(view_of(text))) return wrong(field, "is no UTF-8");
  return {};
}

base::Status check_texts(const herald_inbound_message& message) {
  struct Text {
    std::string_view field;
    herald_str text;
    std::size_t max_bytes;
  };
  for (const Text& text :
       {Text{"provider_message_id", message.provider_message_id, kMaxIdBytes},
        Text{"from", message.from, kMaxLineBytes}, Text{"to", message.to, kMaxLineBytes},
        Text{"subject", message.subject, kMaxLineBytes}, Text{"body", message.body, kMaxBodyBytes}}) {
    if (auto sound = check_text(text.field, text.text, text.max_bytes); !sound) return sound;
  }
  if (message.attachment_count > kMaxAttachments) {
    return wrong("attachment_count", "is " + std::to_string(message.attachment_count) + ", expected at most " +
                                         std::to_string(kMaxAttachments));
  }
  if (message.attachment_count > 0 && message.attachments == nullptr) return wrong("attachments", "is NULL");
  for (std::uint32_t i = 0; i < message.attachment_count; ++i) {
    if (auto sound = check_text("an attachment", message.attachments[i], kMaxLineBytes); !sound) return sound;
  }
  return {};
}

// Goes into a header of the answer, so nothing may stand in it that ends one.
bool is_header_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

// RFC 9110, section 6.4.1 and 15.3.6.
bool has_no_content(std::uint32_t status) {
  return status == 204 || status == 205 || status == 304;
}

// Copies each of `count` structures with `copy` to the end of `out`.
template <typename Struct, typename Copied>
base::Status copy_array(std::string_view name, const Struct* first, std::uint32_t count,
                        base::Result<Copied> (*copy)(const Struct*), std::vector<Copied>& out) {
  if (count == 0) return {};
  if (first == nullptr) return wrong(name, "is NULL");
  const std::uint32_t stride = first->struct_size;
  if (stride % alignof(Struct) != 0) return wrong("struct_size", "is no multiple of the structure's alignment");
  const auto* at = reinterpret_cast<const char*>(first);
  for (std::uint32_t i = 0; i < count; ++i, at += stride) {
    const auto* const element = reinterpret_cast<const Struct*>(at);
    if (element->struct_size != stride) return wrong("struct_size", "differs from that of the array's first element");
    auto copied = copy(element);
    if (!copied) return tl::make_unexpected(copied.error());
    out.push_back(std::move(*copied));
  }
  return {};
}

}  // namespace

base::Result<domain::CarrierMessage> copy_message(const herald_inbound_message* given) {
  const auto message = taken(given);
  if (!message) return tl::make_unexpected(message.error());
  const auto channel =
      message->channel.data == nullptr ? std::nullopt : domain::parse_channel(view_of(message->channel));
  if (!channel) return wrong("channel", "is none of sms, mms, email");
  if (auto sound = check_texts(*message); !sound) return tl::make_unexpected(sound.error());

  domain::CarrierMessage out;
  out.channel = *channel;
  out.from = view_of(message->from);
  out.to = view_of(message->to);
  if (message->subject.data != nullptr) out.subject = std::string(view_of(message->subject));
  out.body = view_of(message->body);
  for (std::uint32_t i = 0; i < message->attachment_count; ++i)
    out.attachments.emplace_back(view_of(message->attachments[i]));
  if (message->timestamp_unix_ms >= kEarliestMs && message->timestamp_unix_ms <= kLatestMs)
    out.timestamp = base::from_unix_ms(message->timestamp_unix_ms);
  out.provider_message_id = view_of(message->provider_message_id);
  return out;
}

base::Result<domain::Receipt> copy_receipt(const herald_receipt* given) {
  const auto receipt = taken(given);
  if (!receipt) return tl::make_unexpected(receipt.error());
  if (receipt->status != HERALD_RECEIPT_DELIVERED && receipt->status != HERALD_RECEIPT_FAILED) {
    return wrong("status", "is " + std::to_string(receipt->status) +
                               ", expected HERALD_RECEIPT_DELIVERED (1) or HERALD_RECEIPT_FAILED (2)");
  }
  if (auto sound = check_text("provider_message_id", receipt->provider_message_id, kMaxLineBytes); !sound)
    return tl::make_unexpected(sound.error());
  if (view_of(receipt->provider_message_id).empty()) return wrong("provider_message_id", "is empty");
  if (auto sound = check_text("error_code", receipt->error_code, kMaxLineBytes); !sound)
    return tl::make_unexpected(sound.error());

  domain::Receipt out;
  out.provider_message_id = clean_text(view_of(receipt->provider_message_id), kMaxKeptIdBytes);
  out.delivered = receipt->status == HERALD_RECEIPT_DELIVERED;
  if (!out.delivered) out.error_code = clean_text(view_of(receipt->error_code), kMaxErrorCodeBytes);
  return out;
}

base::Result<domain::WebhookResponse> copy_response(const herald_webhook_response* given) {
  const auto response = taken(given);
  if (!response) return tl::make_unexpected(response.error());
  if (response->status < 200 || response->status > 599)
    return wrong("status", "is " + std::to_string(response->status) + ", expected 200 to 599");
  if (auto sound = check_bytes("content_type", response->content_type, kMaxContentTypeBytes); !sound)
    return tl::make_unexpected(sound.error());
  if (!is_header_text(view_of(response->content_type)))
    return wrong("content_type", "holds what is no printable ASCII");
  if (auto sound = check_bytes("body", response->body, kMaxBodyBytes); !sound)
    return tl::make_unexpected(sound.error());
  if (has_no_content(response->status) && response->body.size > 0)
    return wrong("body", "is not empty, but no answer of status " + std::to_string(response->status) + " has one");

  domain::WebhookResponse out;
  out.status = static_cast<int>(response->status);
  out.content_type = view_of(response->content_type);
  out.body = view_of(response->body);
  return out;
}

base::Result<domain::CarrierEvents> copy_events(std::string provider, const herald_inbound_message* messages,
                                                std::uint32_t message_count, const herald_receipt* receipts,
                                                std::uint32_t receipt_count) {
  const std::uint64_t count = std::uint64_t{message_count} + receipt_count;
  if (count > kMaxEvents) {
    return wrong("message_count and receipt_count",
                 "come to " + std::to_string(count) + ", expected at most " + std::to_string(kMaxEvents));
  }
  domain::CarrierEvents events;
  events.provider = std::move(provider);
  if (auto copied = copy_array("messages", messages, message_count, copy_message, events.messages); !copied)
    return tl::make_unexpected(copied.error());
  if (auto copied = copy_array("receipts", receipts, receipt_count, copy_receipt, events.receipts); !copied)
    return tl::make_unexpected(copied.error());
  return events;
}

}  // namespace herald::providers
