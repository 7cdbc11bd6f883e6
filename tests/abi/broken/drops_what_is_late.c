/* Drops what comes too late, and never says so. */
#include "provider.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  provider* self = (provider*)instance;
  const int32_t result = look_at(instance, batch);
  if (result == HERALD_OK && batch->count > 1 &&
      herald_batch_at(batch, 0)->deadline_ns < self->host->monotonic_ns(self->host->context))
    return HERALD_OK;
  return good_submit(instance, batch, completion);
}

PROVIDER("drops-what-is-late", plugin.submit = submit);
