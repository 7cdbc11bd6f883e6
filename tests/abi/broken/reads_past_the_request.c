/* Takes the body of a request for a terminated string. */
#include "provider.h"

static _Thread_local volatile size_t seen;

static int32_t handle(herald_instance instance, const herald_webhook_request* request,
                      const herald_webhook_exchange* exchange) {
  if (request->body.size > 0 && request->body.size < 1000) seen = strlen(request->body.data);
  return good_handle(instance, request, exchange);
}

WEBHOOK(handle);
PROVIDER("reads-past-the-request", plugin.extension = extension);
