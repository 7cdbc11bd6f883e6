/* Waits in create for what never comes. */
#include "provider.h"

static herald_instance create(const herald_host* host) {
  (void)host;
  for (;;)
    pause();
  return NULL;
}

PROVIDER("hangs-in-create", plugin.create = create);
