// What a mail service's webhook says, in JSON.
#pragma once

#include <herald/inbound.h>
#include <herald/webhook.h>

namespace herald::email {

// Takes a POST of one event or an array of events; README.md has their members. What is malformed is answered 4xx with
// the reason, and emits nothing. Any thread.
WebhookResponse take_webhook(const WebhookRequest& request, Emitter& inbox);

}  // namespace herald::email
