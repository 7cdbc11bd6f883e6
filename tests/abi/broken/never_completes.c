/* Takes every message, and completes none. */
#include "provider.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  (void)completion;
  return look_at(instance, batch);
}

PROVIDER("never-completes", plugin.submit = submit);
