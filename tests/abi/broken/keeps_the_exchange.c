/* Answers the carrier once more when it stops. */
#include "provider.h"

static const herald_webhook_exchange* kept;

static int32_t handle(herald_instance instance, const herald_webhook_request* request,
                      const herald_webhook_exchange* exchange) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  kept = exchange;
  pthread_mutex_unlock(&mutex);
  return good_handle(instance, request, exchange);
}

static void stop(herald_instance instance) {
  good_stop(instance);
  if (kept != NULL) respond(kept, 200);
}

WEBHOOK(handle);
PROVIDER("keeps-the-exchange", plugin.extension = extension; plugin.stop = stop);
