/* Looks at the first message before it looks at the count. */
#include "provider.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  if (state_of((provider*)instance) != RUNNING) return HERALD_E_STATE;
  if (batch->count > 0) return good_submit(instance, batch, completion);
  complete(completion, herald_batch_at(batch, 0)->item);
  return HERALD_OK;
}

PROVIDER("completes-an-empty-batch", plugin.submit = submit);
