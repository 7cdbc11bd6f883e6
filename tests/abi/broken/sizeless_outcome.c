/* Leaves struct_size of its outcomes at zero. */
#include "provider.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  const int32_t result = look_at(instance, batch);
  const uint32_t count = result == HERALD_OK ? batch->count : 0;
  for (uint32_t i = 0; i < count; ++i) {
    herald_outcome outcome = success();
    outcome.struct_size = 0;
    completion->complete(completion->context, herald_batch_at(batch, i)->item, &outcome);
  }
  return result;
}

PROVIDER("sizeless-outcome", plugin.submit = submit);
