#include "api/loggable_path.h"

#include <algorithm>
#include <array>

#include "base/id.h"

namespace herald::api {
namespace {

constexpr std::array<std::string_view, 20> kWords{"api",      "cancel",  "config",  "conversations", "disable",
                                                  "email",    "enable",  "healthz", "inbound",       "livez",
                                                  "messages", "metrics", "mock",    "provider",      "providers",
                                                  "readyz",   "retry",   "sms",     "webhook",       "webhooks"};
constexpr std::size_t kMaxSegments = 8;
constexpr std::size_t kMaxConversationDigits = 9;  // fewer than a phone number has
constexpr std::size_t kMaxProviderName = 32;       // as a plugin's descriptor may have it

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_provider_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxProviderName && is_lower(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

// Whether the segment behind `former` may be shown.
bool is_plain(std::string_view former, std::string_view segment) {
  if (std::find(kWords.begin(), kWords.end(), segment) != kWords.end()) return true;
  if (former == "messages") return base::MessageId::parse(segment).has_value();
  if (former == "conversations")
    return segment.size() <= kMaxConversationDigits && std::all_of(segment.begin(), segment.end(), is_digit);
  return former == "providers" && is_provider_name(segment);
}

}  // namespace

std::string loggable_path(std::string_view path) {
  std::string shown;
  std::string_view former;
  std::size_t count = 0;
  for (std::size_t start = path.substr(0, 1) == "/" ? 1 : 0; start <= path.size(); ++count) {
    if (former == "webhook" || count == kMaxSegments) return shown + "/*";
    const auto end = std::min(path.find('/', start), path.size());
    const auto segment = path.substr(start, end - start);
    shown += '/';
    shown += segment.empty() || is_plain(former, segment) ? segment : "*";
    former = segment;
    start = end + 1;
  }
  return shown;
}

}  // namespace herald::api
