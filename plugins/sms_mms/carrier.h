// What a carrier's webhook says, in the fields of a form.
#pragma once

#include <herald/inbound.h>
#include <herald/webhook.h>

namespace herald::sms_mms {

// Answers a GET that verifies the address, and takes a POST that brings a message or a receipt; README.md has the
// fields. What is malformed is answered 4xx with the reason, and emits nothing. Any thread.
WebhookResponse take_webhook(const WebhookRequest& request, Emitter& inbox);

}  // namespace herald::sms_mms
