/* Writes into what the host lends. */
#include "provider.h"

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  if (look_at(instance, batch) == HERALD_OK) *(volatile uint32_t*)&herald_batch_at(batch, 0)->reserved = 1;
  return good_submit(instance, batch, completion);
}

PROVIDER("writes-to-messages", plugin.submit = submit);
