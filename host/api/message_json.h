// A message as clients read it. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/lifecycle.h"
#include "domain/message.h"

namespace herald::api {

// The whole story, as one JSON object. What does not apply to a message is null, so that all have the same members.
std::string message_json(const domain::MessageRecord& message, domain::WaitingFor waiting_for);

struct ListedMessage {
  const domain::MessageRecord* message = nullptr;
  domain::WaitingFor waiting_for = domain::WaitingFor::kNothing;
};

// {"items":[…],"meta":{"next_cursor"}}; the items without their attempts.
std::string messages_json(const std::vector<ListedMessage>& messages, const std::optional<std::string>& next_cursor);

}  // namespace herald::api
