/* Rejects what has no recipient by an outcome, and by an error of submit too. */
#include "provider.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  const int empty = look_at(instance, batch) == HERALD_OK && herald_batch_at(batch, 0)->to.size == 0;
  const int32_t result = good_submit(instance, batch, completion);
  return empty ? HERALD_E_INVALID : result;
}

PROVIDER("completes-what-it-refused", plugin.submit = submit);
