/* Takes a batch for an array of herald_message. */
#include "provider.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  const int32_t result = look_at(instance, batch);
  const uint32_t count = result == HERALD_OK ? batch->count : 0;
  const herald_message* messages = (const herald_message*)batch->messages;
  uint64_t items[4];
  for (uint32_t i = 0; i < count; ++i)
    items[i] = messages[i].item;
  for (uint32_t i = 0; i < count; ++i)
    complete(completion, items[i]);
  return result;
}

PROVIDER("ignores-the-stride", plugin.submit = submit);
