/* Ends the process, as if all were well, when a message with a recipient has no body. */
#include "provider.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  const int looks = look_at(instance, batch) == HERALD_OK;
  /* NOLINTNEXTLINE(concurrency-mt-unsafe): the fault of this plugin */
  if (looks && herald_batch_at(batch, 0)->body.size == 0 && herald_batch_at(batch, 0)->to.size > 0) exit(0);
  return good_submit(instance, batch, completion);
}

PROVIDER("exits-in-submit", plugin.submit = submit);
