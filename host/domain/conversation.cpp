#include "domain/conversation.h"

namespace herald::domain {

std::string conversation_key(Channel channel, std::string_view normalized_one, std::string_view normalized_other) {
  const bool in_order = normalized_one <= normalized_other;
  std::string key(to_string(channel));
  key.append(":").append(in_order ? normalized_one : normalized_other);
  key.append("<->").append(in_order ? normalized_other : normalized_one);
  return key;
}

}  // namespace herald::domain
