/* Keeps every promise: what is found in the others is their fault, and not that of what they share. */
#include "provider.h"

static int32_t handle(herald_instance instance, const herald_webhook_request* request,
                      const herald_webhook_exchange* exchange) {
  return good_handle(instance, request, exchange);
}

WEBHOOK(handle);
PROVIDER("well-behaved-control", plugin.extension = extension);
