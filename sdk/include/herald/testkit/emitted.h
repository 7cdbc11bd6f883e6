// What a plugin under test emitted: copies, taken with the checks that a host makes.
#ifndef HERALD_TESTKIT_EMITTED_H
#define HERALD_TESTKIT_EMITTED_H

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <herald/inbound.h>

namespace herald::testkit {

/// Messages and receipts, each in the order in which they came.
struct EmittedEvents {
  std::vector<InboundMessage> messages;
  std::vector<Receipt> receipts;

  std::size_t size() const { return messages.size() + receipts.size(); }
};

namespace detail {

inline bool is_text(herald_str text) {
  return (text.size == 0 || text.data != nullptr) && herald::detail::is_utf8(herald::detail::view(text));
}

// To the nearest moment that this system's clock can hold, so some 292 years to either side of 1970.
inline std::chrono::system_clock::time_point time_of(std::int64_t unix_ms) {
  using TimePoint = std::chrono::system_clock::time_point;
  const auto most = std::chrono::duration_cast<std::chrono::milliseconds>(TimePoint::duration::max()).count();
  return TimePoint(std::chrono::milliseconds(std::clamp<std::int64_t>(unix_ms, -most, most)));
}

// Copies a message to the end of `into`; HERALD_E_INVALID when it is malformed.
inline std::int32_t take_message(const void* from, std::vector<InboundMessage>& into) {
  if (from == nullptr) return HERALD_E_INVALID;
  const auto raw = herald::detail::read_sized<herald_inbound_message>(from);
  for (const herald_str& text : {raw.provider_message_id, raw.channel, raw.from, raw.to, raw.subject, raw.body}) {
    if (!is_text(text)) return HERALD_E_INVALID;
  }
  if (raw.attachment_count > 0 && raw.attachments == nullptr) return HERALD_E_INVALID;
  const auto text = [](herald_str value) { return std::string(herald::detail::view(value)); };
  InboundMessage message{
      text(raw.channel), text(raw.from), text(raw.to), text(raw.body), text(raw.provider_message_id), {}, {}, {}};
  if (raw.subject.data != nullptr) message.subject = text(raw.subject);
  for (std::uint32_t index = 0; index < raw.attachment_count; ++index) {
    if (!is_text(raw.attachments[index])) return HERALD_E_INVALID;
    message.attachments.push_back(text(raw.attachments[index]));
  }
  if (raw.timestamp_unix_ms != std::numeric_limits<std::int64_t>::min())
    message.timestamp = time_of(raw.timestamp_unix_ms);
  if (!herald::detail::fault_of(message).empty()) return HERALD_E_INVALID;
  into.push_back(std::move(message));
  return HERALD_OK;
}

// Copies a receipt to the end of `into`; HERALD_E_INVALID when it is malformed.
inline std::int32_t take_receipt(const void* from, std::vector<Receipt>& into) {
  if (from == nullptr) return HERALD_E_INVALID;
  const auto raw = herald::detail::read_sized<herald_receipt>(from);
  if (!is_text(raw.provider_message_id) || !is_text(raw.error_code)) return HERALD_E_INVALID;
  std::string id(herald::detail::view(raw.provider_message_id));
  std::string code(herald::detail::view(raw.error_code));
  if (raw.status != HERALD_RECEIPT_DELIVERED && raw.status != HERALD_RECEIPT_FAILED) return HERALD_E_INVALID;
  Receipt receipt = raw.status == HERALD_RECEIPT_DELIVERED ? Receipt::delivered(std::move(id))
                                                           : Receipt::failed(std::move(id), std::move(code));
  if (!herald::detail::fault_of(receipt).empty()) return HERALD_E_INVALID;
  into.push_back(std::move(receipt));
  return HERALD_OK;
}

// Takes an array, which steps by its first element's size.
template <typename Event, typename Take>
std::int32_t take_all(const void* first, std::uint32_t count, std::vector<Event>& into, const Take& take) {
  if (count == 0) return HERALD_OK;
  if (first == nullptr) return HERALD_E_INVALID;
  std::uint32_t stride = 0;
  std::memcpy(&stride, first, sizeof stride);
  for (std::uint32_t index = 0; index < count; ++index) {
    const auto result = take(static_cast<const char*>(first) + std::size_t{index} * stride, into);
    if (result != HERALD_OK) return result;
  }
  return HERALD_OK;
}

}  // namespace detail
}  // namespace herald::testkit

#endif  // HERALD_TESTKIT_EMITTED_H
