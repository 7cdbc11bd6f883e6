/* Declares that it does not block, and waits in submit for what it sends. */
#define HOLD_UNTIL (deadline - 20 * INT64_C(1000000))
#define DRAIN_UNTIL deadline_ns
#define STOP_WAITS 1
#include "holding.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  const int32_t result = hold_submit(instance, batch, completion);
  wait_for_all((provider*)instance);
  return result;
}

PROVIDER("blocks-in-submit", plugin.submit = submit; plugin.drain = hold_drain; plugin.stop = hold_stop;
         plugin.destroy = hold_destroy);
