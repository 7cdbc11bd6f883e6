#include "domain/text.h"

#include <cstdint>

namespace herald::domain {
namespace {

struct Character {
  std::uint32_t point = 0;
  std::size_t length = 0;  // octets; 0 when the text does not begin with a well-formed character
};

// The character at the front of `text`, which is not empty.
Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || length > text.size()) return {};
  std::uint32_t point = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0U) != 0x80U) return {};
    point = (point << 6U) | (next & 0x3fU);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (overlong || surrogate || point > 0x10ffff) return {};
  return {point, length};
}

bool ends_a_line(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 || point == 0x2029;
}

bool is_space(std::uint32_t point) {
  return (point >= 0x09 && point <= 0x0d) || point == 0x20 || point == 0x85 || point == 0xa0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 || point == 0x202f ||
         point == 0x205f || point == 0x3000;
}

}  // namespace

std::optional<std::size_t> utf8_length(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) {
    const auto character = first_character(text);
    if (character.length == 0) return std::nullopt;
    text.remove_prefix(character.length);
  }
  return count;
}

bool is_clean_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto character = first_character(text);
    if (character.length == 0 || ends_a_line(character.point)) return false;
    text.remove_prefix(character.length);
  }
  return true;
}

bool is_blank(std::string_view text) {
  while (!text.empty()) {
    const auto character = first_character(text);
    if (character.length == 0 || !is_space(character.point)) return false;
    text.remove_prefix(character.length);
  }
  return true;
}

}  // namespace herald::domain
