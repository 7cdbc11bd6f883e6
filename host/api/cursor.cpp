#include "api/cursor.h"

#include <algorithm>
#include <charconv>

namespace herald::api {
namespace {

constexpr char kMessages = 'm';
constexpr std::size_t kDigits = 16;

void append_hex(std::string& out, std::uint64_t value) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (std::size_t shift = kDigits * 4; shift > 0; shift -= 4)
    out += kHex[(value >> (shift - 4)) & 15U];
}

std::optional<std::int64_t> parse_hex(std::string_view digits) {
  const bool hex = std::all_of(digits.begin(), digits.end(),
                               [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!hex || digits.size() != kDigits) return std::nullopt;
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return static_cast<std::int64_t>(value);
}

}  // namespace

std::string message_cursor(domain::MessageId before) {
  return kMessages + before.text();
}

std::optional<domain::MessageId> parse_message_cursor(std::string_view text) {
  if (text.empty() || text.front() != kMessages) return std::nullopt;
  return domain::MessageId::parse(text.substr(1));
}

std::string place_cursor(PlaceList list, const store::Place& place) {
  std::string text(1, static_cast<char>(list));
  append_hex(text, static_cast<std::uint64_t>(base::unix_ms(place.at)));
  append_hex(text, static_cast<std::uint64_t>(place.id));
  return text;
}

std::optional<store::Place> parse_place_cursor(PlaceList list, std::string_view text) {
  if (text.size() != 1 + 2 * kDigits || text.front() != static_cast<char>(list)) return std::nullopt;
  const auto at = parse_hex(text.substr(1, kDigits));
  const auto id = parse_hex(text.substr(1 + kDigits));
  if (!at || !id || *id < 1) return std::nullopt;
  return store::Place{base::from_unix_ms(*at), *id};
}

}  // namespace herald::api
