/* Completes each message a second time. */
#include "provider.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  if (look_at(instance, batch) != HERALD_OK || batch->count == 1) return good_submit(instance, batch, completion);
  const uint32_t count = batch->count;
  uint64_t items[4];
  for (uint32_t i = 0; i < count; ++i)
    items[i] = herald_batch_at(batch, i)->item;
  for (uint32_t i = 0; i < 2 * count; ++i)
    complete(completion, items[i % count]);
  return HERALD_OK;
}

PROVIDER("completes-twice", plugin.submit = submit);
