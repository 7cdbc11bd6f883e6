#include "domain/conversation.h"

namespace herald::domain {

namespace {

// A raw address may hold anything, the separator too: two pairs must not share a key.
void append_escaped(std::string& key, std::string_view participant) {
  for (const char c : participant) {
    if (c == '%')
      key += "%25";
    else if (c == '<')
      key += "%3C";
    else
      key += c;
  }
}

}  // namespace

std::string conversation_key(Channel channel, std::string_view normalized_one, std::string_view normalized_other) {
  const bool in_order = normalized_one <= normalized_other;
  std::string key(to_string(channel));
  key += ':';
  append_escaped(key, in_order ? normalized_one : normalized_other);
  key += "<->";
  append_escaped(key, in_order ? normalized_other : normalized_one);
  return key;
}

}  // namespace herald::domain
