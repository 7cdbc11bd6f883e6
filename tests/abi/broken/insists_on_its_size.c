/* Refuses what is longer than its own herald_message. */
#include "provider.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  if (look_at(instance, batch) == HERALD_OK && herald_batch_at(batch, 0)->struct_size != sizeof(herald_message))
    return HERALD_E_INVALID;
  return good_submit(instance, batch, completion);
}

PROVIDER("insists-on-its-size", plugin.submit = submit);
