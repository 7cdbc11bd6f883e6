// Conversations as clients read them. Any thread.
#pragma once

#include <string>

#include "api/list_parameters.h"
#include "domain/conversation.h"
#include "store/store.h"

namespace herald::api {

std::string conversation_json(const domain::Conversation& conversation);

// {"items":[…],"meta":{"page","page_size","total","next_cursor"}}; page is null where a cursor led.
std::string conversations_json(const store::Page<domain::Conversation>& page, const Paging& paging);
std::string conversation_messages_json(const store::Page<domain::MessageRecord>& page, const Paging& paging);

}  // namespace herald::api
