/* Takes a body for a terminated string. */
#include "provider.h"

static _Thread_local volatile size_t seen;

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  if (look_at(instance, batch) == HERALD_OK) seen = strlen(herald_batch_at(batch, 0)->body.data);
  return good_submit(instance, batch, completion);
}

PROVIDER("reads-terminated", plugin.submit = submit);
