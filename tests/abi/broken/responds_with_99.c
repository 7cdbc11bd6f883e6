/* Answers a status that no carrier knows. */
#include "provider.h"

static int32_t handle(herald_instance instance, const herald_webhook_request* request,
                      const herald_webhook_exchange* exchange) {
  (void)request;
  if (state_of((provider*)instance) != RUNNING) return HERALD_E_STATE;
  respond(exchange, 99);
  return HERALD_OK;
}

WEBHOOK(handle);
PROVIDER("responds-with-99", plugin.extension = extension);
