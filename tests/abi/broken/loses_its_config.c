/* Forgets the configuration that is in force when another is refused. */
#include "provider.h"

static int32_t configure(herald_instance instance, herald_str json, herald_str* error) {
  provider* self = (provider*)instance;
  const int32_t result = good_configure(instance, json, error);
  if (result == HERALD_E_INVALID && state_of(self) == CONFIGURED) enter(self, CREATED);
  return result;
}

PROVIDER("loses-its-config", plugin.configure = configure);
