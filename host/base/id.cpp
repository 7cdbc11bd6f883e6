#include "base/id.h"

#include <algorithm>

#include "base/id_time.h"

namespace herald::base {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kTextLength = 13;
constexpr unsigned kSequenceBits = 20;
constexpr std::int64_t kEpochMs = 1577836800000;  // 2020-01-01T00:00:00Z

}  // namespace

std::string MessageId::text() const {
  std::string out(kTextLength, '0');
  auto rest = static_cast<std::uint64_t>(value_);
  for (std::size_t i = kTextLength; i-- > 0; rest >>= 5U)
    out[i] = kAlphabet[rest & 31U];
  return out;
}

std::optional<MessageId> MessageId::parse(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    if (value >> 58U != 0) return std::nullopt;  // would pass 63 bits
    value = (value << 5U) | digit;
  }
  return MessageId{static_cast<std::int64_t>(value)};
}

WallTime time_of(MessageId id) {
  return from_unix_ms((id.value() >> kSequenceBits) + kEpochMs);
}

MessageId IdSource::next(WallTime now) {
  const std::int64_t floor = std::max<std::int64_t>(unix_ms(now) - kEpochMs, 0) << kSequenceBits;
  last_ = std::max(floor, last_ + 1);
  return MessageId{last_};
}

}  // namespace herald::base
