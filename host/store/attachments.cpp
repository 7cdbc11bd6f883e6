#include "store/attachments.h"

#include <charconv>
#include <cstddef>

namespace herald::store {

std::string encode_attachments(const std::vector<std::string>& attachments) {
  std::string text;
  for (const auto& attachment : attachments) {
    text += std::to_string(attachment.size());
    text += ':';
    text += attachment;
    text += ',';
  }
  return text;
}

std::optional<std::vector<std::string>> decode_attachments(std::string_view text) {
  std::vector<std::string> attachments;
  while (!text.empty()) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    // The colon, the bytes and the comma must all be there.
    if (text.size() < 2 || text.size() - 2 < length || text[0] != ':' || text[length + 1] != ',') return std::nullopt;
    attachments.emplace_back(text.substr(1, length));
    text.remove_prefix(length + 2);
  }
  return attachments;
}

}  // namespace herald::store
