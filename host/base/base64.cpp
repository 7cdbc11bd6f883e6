#include "base/base64.h"

#include <cstdint>

namespace herald::base {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && !text.empty() && text.back() == '=') {
    text.remove_suffix(1);
    ++padding;
  }
  std::string octets;
  std::uint32_t gathered = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    gathered = ((gathered << 6U) | static_cast<std::uint32_t>(value)) & 0xFFFFFFU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    octets += static_cast<char>((gathered >> bits) & 0xFFU);
  }
  // What is left over says nothing, so that every octet string is written in one way.
  if ((gathered & ((1U << bits) - 1U)) != 0) return std::nullopt;
  return octets;
}

}  // namespace herald::base
