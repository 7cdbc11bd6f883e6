/* Keeps every promise: what is found in the others is their fault, and not that of what they share. */
#include "provider.h"

static int32_t handle(herald_instance instance, const herald_webhook_request* request,
                      const herald_webhook_exchange* exchange) {
  return good_handle(instance, request, exchange);
}

/* What it refuses, it does not complete. */
static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  if (look_at(instance, batch) == HERALD_OK && !is_id(herald_batch_at(batch, 0)->channel, "sms"))
    return HERALD_E_INVALID;
  return good_submit(instance, batch, completion);
}

WEBHOOK(handle);
PROVIDER("well-behaved-control", plugin.submit = submit; plugin.extension = extension);
