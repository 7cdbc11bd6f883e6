/* Lets an exception out when a query ends in the middle of an escape. */
#include <stdexcept>

#pragma GCC diagnostic ignored "-Wold-style-cast"  // provider.h is C
#include "provider.h"

static int32_t handle(herald_instance instance, const herald_webhook_request* request,
                      const herald_webhook_exchange* exchange) {
  if (request->query.size == 1 && request->query.data[0] == '%') throw std::out_of_range("an escape without digits");
  return good_handle(instance, request, exchange);
}

WEBHOOK(handle);
PROVIDER("throws-in-webhook", plugin.extension = extension);
