/* Reads a request when handle has long returned. */
#include "provider.h"

static const herald_webhook_request* kept;
static _Thread_local volatile uint64_t seen;

static int32_t handle(herald_instance instance, const herald_webhook_request* request,
                      const herald_webhook_exchange* exchange) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  kept = request;
  pthread_mutex_unlock(&mutex);
  return good_handle(instance, request, exchange);
}

static void stop(herald_instance instance) {
  good_stop(instance);
  if (kept != NULL) seen = kept->body.size;
}

WEBHOOK(handle);
PROVIDER("keeps-the-request", plugin.extension = extension; plugin.stop = stop);
