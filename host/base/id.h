// 64-bit identifiers that grow with time, so that a table keyed by them only ever appends.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace herald::base {

// A message's identity: 43 bits of milliseconds since 2020-01-01 and 20 bits of sequence; positive as a signed 64-bit
// integer. Clients see 13 characters of Crockford's base 32, which sort as the numbers do.
class MessageId {
 public:
  constexpr MessageId() = default;
  constexpr explicit MessageId(std::int64_t value) : value_(value) {}

  constexpr std::int64_t value() const { return value_; }
  std::string text() const;

  // The id that `text` writes; nothing for any other text (case matters).
  static std::optional<MessageId> parse(std::string_view text);

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy takes the 0 that a made comparison compares with for a pointer
  friend constexpr auto operator<=>(MessageId, MessageId) = default;

 private:
  std::int64_t value_ = 0;
};

// Hands out strictly increasing ids, also when the clock stands still or jumps back. One thread at a time.
class IdSource {
 public:
  // Continues above `last`, the greatest id already stored.
  explicit IdSource(MessageId last = MessageId{}) : last_(last.value()) {}

  MessageId next(WallTime now);

 private:
  std::int64_t last_;
};

}  // namespace herald::base

template <>
struct std::hash<herald::base::MessageId> {
  std::size_t operator()(herald::base::MessageId id) const noexcept { return std::hash<std::int64_t>{}(id.value()); }
};
