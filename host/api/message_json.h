// A message as clients read it.
#pragma once

#include <string>

#include "domain/lifecycle.h"
#include "domain/message.h"

namespace herald::api {

// The whole story, as one JSON object. Any thread.
std::string message_json(const domain::MessageRecord& message, domain::WaitingFor waiting_for);

}  // namespace herald::api
