/* Takes another attempt for a mistake of the host's. */
#include "provider.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  if (look_at(instance, batch) == HERALD_OK && herald_batch_at(batch, 0)->attempt > 1) return HERALD_E_INVALID;
  return good_submit(instance, batch, completion);
}

PROVIDER("refuses-retries", plugin.submit = submit);
