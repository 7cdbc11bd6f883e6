// One message to send, as a provider sees it.
#ifndef HERALD_MESSAGE_H
#define HERALD_MESSAGE_H

#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include <herald/abi.h>

namespace herald {

/// A moment on the host's monotonic clock (CLOCK_MONOTONIC), on which every deadline stands.
using TimePoint = std::chrono::steady_clock::time_point;

namespace detail {

// Reads a structure of the border whose first member is its own size: no further than that size, absent members zero.
template <typename T>
T read_sized(const void* from) noexcept {
  T value;
  std::memset(&value, 0, sizeof value);
  std::uint32_t size = 0;
  std::memcpy(&size, from, sizeof size);
  std::memcpy(&value, from, size < sizeof value ? size : sizeof value);
  return value;
}

inline std::string_view view(herald_str text) noexcept {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, static_cast<std::size_t>(text.size));
}

inline herald_str as_str(std::string_view text) noexcept {
  return {text.data(), text.size()};
}

// Equal but for the case of ASCII letters, as names of headers and media types are compared (RFC 9110, section 5.1).
inline bool same_without_case(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  if (a.size() != b.size()) return false;
  for (std::size_t index = 0; index < a.size(); ++index) {
    if (lower(a[index]) != lower(b[index])) return false;
  }
  return true;
}

inline TimePoint time_point(std::int64_t monotonic_ns) noexcept {
  return TimePoint(std::chrono::duration_cast<TimePoint::duration>(std::chrono::nanoseconds(monotonic_ns)));
}

}  // namespace detail

/// A read-only view of one message; copying it copies no text.
///
/// Ownership: every text that it returns belongs to the host and is valid until the message is completed: for
/// `Provider::send` until it returns, for `AsyncProvider::submit` until its `Pending` is completed or destroyed. Copy
/// what must live longer. Threading: immutable; any thread. Source: herald_message in abi.h.
class Message {
 public:
  /// A view of what the host handed over; members that an older host lacks read as empty or zero.
  explicit Message(const herald_message* raw) noexcept : raw_(detail::read_sized<herald_message>(raw)) {}

  /// An empty message: every text empty, every number zero.
  Message() noexcept { std::memset(&raw_, 0, sizeof raw_); }

  /// The host's id of the message, as clients know it.
  std::string_view id() const noexcept { return detail::view(raw_.id); }

  /// The same text at every attempt for this message, and for no other message: hand it to your carrier as its
  /// idempotency key, so that a repeated attempt sends nothing twice.
  std::string_view dispatch_token() const noexcept { return detail::view(raw_.dispatch_token); }

  /// The id of the client's request that brought the message; for log lines.
  std::string_view request_id() const noexcept { return detail::view(raw_.request_id); }

  /// "sms", "mms" or "email".
  std::string_view channel() const noexcept { return detail::view(raw_.channel); }

  /// The sender, as the client wrote it.
  std::string_view from() const noexcept { return detail::view(raw_.from); }

  /// The recipient, as the client wrote it.
  std::string_view to() const noexcept { return detail::view(raw_.to); }

  /// The subject; nothing when the client gave none (an empty subject is a subject).
  std::optional<std::string_view> subject() const noexcept {
    if (raw_.subject.data == nullptr) return std::nullopt;
    return detail::view(raw_.subject);
  }

  /// The body: UTF-8, byte for byte as the client wrote it.
  std::string_view body() const noexcept { return detail::view(raw_.body); }

  /// How many attachments there are.
  std::uint32_t attachment_count() const noexcept { return raw_.attachments == nullptr ? 0 : raw_.attachment_count; }

  /// The URL of the attachment at `index`, which counts from 0; empty when there is none at that index.
  std::string_view attachment(std::uint32_t index) const noexcept {
    return index < attachment_count() ? detail::view(raw_.attachments[index]) : std::string_view();
  }

  /// The number of this attempt for this message, from 1.
  std::uint32_t attempt() const noexcept { return raw_.attempt; }

  /// The number of this message among those accepted for this provider, from 0 in an empty store.
  std::uint64_t ordinal() const noexcept { return raw_.ordinal; }

  /// Until when an outcome counts; the host takes a later one for a timeout. Compare with `Host::now()`.
  TimePoint deadline() const noexcept { return detail::time_point(raw_.deadline_ns); }

  /// The client's own time of the message; it schedules nothing.
  std::chrono::system_clock::time_point timestamp() const noexcept {
    return std::chrono::system_clock::time_point(std::chrono::duration_cast<std::chrono::system_clock::duration>(
        std::chrono::milliseconds(raw_.timestamp_unix_ms)));
  }

 private:
  friend class Pending;

  herald_message raw_;
};

}  // namespace herald

#endif  // HERALD_MESSAGE_H
