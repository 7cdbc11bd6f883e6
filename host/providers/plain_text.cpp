#include "providers/plain_text.h"

namespace herald::providers {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kCutMark = "...";

bool within(unsigned char byte, unsigned low, unsigned high) {
  return byte >= low && byte <= high;
}

// The length of the well-formed sequence that `text`, which is not empty, begins with; 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  std::size_t length = 0;
  unsigned low = 0x80;
  unsigned high = 0xBF;
  if (within(lead, 0xC2, 0xDF)) {
    length = 2;
  } else if (within(lead, 0xE0, 0xEF)) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (within(lead, 0xF0, 0xF4)) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  }
  if (length == 0 || text.size() < length || !within(at(1), low, high)) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!within(at(i), 0x80, 0xBF)) return 0;
  }
  return length;
}

// How `character`, one well-formed sequence, stands in a line of a log.
std::string escaped(std::string_view character) {
  const auto byte = static_cast<unsigned char>(character[0]);
  // C1 controls (U+0080-U+009F) steer terminals as the ASCII ones do.
  const bool c1 = character.size() == 2 && byte == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
  if (!c1 && byte >= 0x20 && byte != 0x7F) return std::string(character);
  if (byte == '\n') return "\\n";
  if (byte == '\t') return "\\t";
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto value = c1 ? static_cast<unsigned char>(character[1]) : byte;
  return {'\\', 'x', kHex[value >> 4U], kHex[value & 15U]};
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string clean_text(std::string_view text, std::size_t max_bytes) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const std::string_view next = length == 0 ? kReplacement : text.substr(0, length);
    if (out.size() + next.size() > max_bytes) break;
    out += next;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string one_line(std::string_view text, std::size_t max_bytes) {
  std::string out;
  std::size_t fits_with_mark = 0;  // the length of what can stay when the rest must be cut
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const std::string next = length == 0 ? std::string(kReplacement) : escaped(text.substr(0, length));
    if (out.size() + next.size() > max_bytes) {
      out.resize(fits_with_mark);
      if (out.size() + kCutMark.size() <= max_bytes) out += kCutMark;
      return out;
    }
    out += next;
    if (out.size() + kCutMark.size() <= max_bytes) fits_with_mark = out.size();
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace herald::providers
