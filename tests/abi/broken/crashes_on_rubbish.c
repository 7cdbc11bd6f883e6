/* Believes that a carrier sends text. */
#include "provider.h"

static int32_t handle(herald_instance instance, const herald_webhook_request* request,
                      const herald_webhook_exchange* exchange) {
  unsigned high = 0;
  for (uint64_t i = 0; i < request->body.size && request->body.size < 1000; ++i)
    high += (unsigned char)request->body.data[i] >= 0x80 ? 1U : 0U;
  if (high > 60) abort();
  return good_handle(instance, request, exchange);
}

WEBHOOK(handle);
PROVIDER("crashes-on-rubbish", plugin.extension = extension);
