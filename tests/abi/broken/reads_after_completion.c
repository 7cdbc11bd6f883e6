/* Reads a message after it was completed. */
#include "provider.h"

static _Thread_local volatile uint64_t seen;

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  const int32_t result = look_at(instance, batch);
  const uint32_t count = result == HERALD_OK ? batch->count : 0;
  for (uint32_t i = 0; i < count; ++i) {
    const herald_message* message = herald_batch_at(batch, i);
    complete(completion, message->item);
    seen += message->ordinal;
  }
  return result;
}

PROVIDER("reads-after-completion", plugin.submit = submit);
