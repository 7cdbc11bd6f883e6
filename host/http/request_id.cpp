#include "http/request_id.h"

#include <algorithm>
#include <cstdint>

#include "http/text.h"

namespace herald::http {

bool is_request_id(std::string_view text) {
  static constexpr std::size_t kMaxLength = 128;
  return !text.empty() && text.size() <= kMaxLength && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || is_alpha(c) || c == '.' || c == '_' || c == '-';
  });
}

void make_request_id(base::Random& random, std::string& id) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  static constexpr std::size_t kLength = 16;
  auto bits = random.next();
  id.resize(kLength);
  for (auto& digit : id) {
    digit = kDigits[bits & 0xFU];
    bits >>= 4U;
  }
}

}  // namespace herald::http
