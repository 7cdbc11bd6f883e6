/* Passes its own instance back where the host's context belongs, of a batch of several, and then remembers. */
#include "provider.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  const int32_t result = look_at(instance, batch);
  const herald_outcome outcome = success();
  if (result == HERALD_OK && batch->count > 1)
    completion->complete(instance, herald_batch_at(batch, 0)->item, &outcome);
  return good_submit(instance, batch, completion);
}

PROVIDER("loses-the-context", plugin.submit = submit);
