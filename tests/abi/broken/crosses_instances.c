/* Completes every batch through the table of the first instance that ever sent one. */
#include "provider.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  static const herald_completion* first;
  if (look_at(instance, batch) != HERALD_OK || batch->count == 1) return good_submit(instance, batch, completion);
  if (first == NULL) first = completion;
  return good_submit(instance, batch, first);
}

PROVIDER("crosses-instances", plugin.submit = submit);
