#include "segments.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace herald::sms_mms {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// What of the basic table (TS 23.038, section 6.2.1) is no ASCII.
constexpr std::array<char32_t, 39> kBasicBeyondAscii = {
    0x00A1, 0x00A3, 0x00A4, 0x00A5, 0x00A7, 0x00BF, 0x00C4, 0x00C5, 0x00C6, 0x00C7, 0x00C9, 0x00D1, 0x00D6,
    0x00D8, 0x00DC, 0x00DF, 0x00E0, 0x00E4, 0x00E5, 0x00E6, 0x00E8, 0x00E9, 0x00EC, 0x00F1, 0x00F2, 0x00F6,
    0x00F8, 0x00F9, 0x00FC, 0x0393, 0x0394, 0x0398, 0x039B, 0x039E, 0x03A0, 0x03A3, 0x03A6, 0x03A8, 0x03A9,
};

// The extension table (section 6.2.1.1): each takes an escape and one septet.
constexpr std::array<char32_t, 10> kExtension = {0x000C, '[', '\\', ']', '^', '{', '|', '}', '~', 0x20AC};

static_assert(std::is_sorted(kBasicBeyondAscii.begin(), kBasicBeyondAscii.end()));
static_assert(std::is_sorted(kExtension.begin(), kExtension.end()));

template <std::size_t Count>
bool contains(const std::array<char32_t, Count>& sorted, char32_t c) {
  return std::binary_search(sorted.begin(), sorted.end(), c);
}

bool is_basic(char32_t c) {
  if (c == '\n' || c == '\r') return true;
  // Of ASCII's printable part the basic table lacks the grave accent and what stands in the extension table.
  if (c >= 0x20 && c <= 0x7E) return c != '`' && !contains(kExtension, c);
  return contains(kBasicBeyondAscii, c);
}

// Septets of one character; 0 when GSM 7-bit cannot write it.
std::uint32_t septets(char32_t c) {
  if (is_basic(c)) return 1;
  return contains(kExtension, c) ? 2 : 0;
}

std::uint32_t utf16_units(char32_t c) {
  return c > 0xFFFF ? 2 : 1;
}

// Takes the next character off the front of a text that is not empty; one byte for what is no UTF-8 (RFC 3629).
char32_t next_character(std::string_view& text) {
  const auto byte = [&text](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char lead = byte(0);
  std::size_t length = 1;
  char32_t value = lead;
  char32_t least = 0;
  if (lead >= 0x80) {
    length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    value = lead & (0x7FU >> length);
    least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
  }
  bool valid = lead < 0x80 || (lead >= 0xC2 && lead <= 0xF4 && text.size() >= length);
  for (std::size_t index = 1; valid && index < length; ++index) {
    valid = (byte(index) & 0xC0U) == 0x80U;
    value = (value << 6) | (byte(index) & 0x3FU);
  }
  valid = valid && value >= least && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
  text.remove_prefix(valid ? length : 1);
  return valid ? value : kReplacement;
}

// Fills segments in order with characters that are never split.
struct Filling {
  std::uint32_t per_part;
  std::uint32_t parts = 1;
  std::uint32_t used = 0;
  std::uint64_t total = 0;

  void add(std::uint32_t units) {
    total += units;
    if (used + units > per_part) {
      ++parts;
      used = 0;
    }
    used += units;
  }

  std::uint32_t count(std::uint32_t alone) const { return total <= alone ? 1 : parts; }
};

}  // namespace

std::string_view to_string(Encoding encoding) {
  return encoding == Encoding::kGsm7 ? "GSM-7" : "UCS-2";
}

Segments count_segments(std::string_view utf8) {
  Filling gsm7{153};
  Filling ucs2{67};
  bool fits_gsm7 = true;
  while (!utf8.empty()) {
    const char32_t character = next_character(utf8);
    const std::uint32_t width = septets(character);
    fits_gsm7 = fits_gsm7 && width > 0;
    gsm7.add(width);
    ucs2.add(utf16_units(character));
  }
  if (fits_gsm7) return {gsm7.count(160), Encoding::kGsm7};
  return {ucs2.count(70), Encoding::kUcs2};
}

}  // namespace herald::sms_mms
