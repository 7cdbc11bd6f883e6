/* Completes the first message of a batch, and forgets the others. */
#include "provider.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  const int32_t result = look_at(instance, batch);
  if (result == HERALD_OK) complete(completion, herald_batch_at(batch, 0)->item);
  return result;
}

PROVIDER("completes-the-first", plugin.submit = submit);
