/* Dies in an initialiser, before the host can call anything. */
#include <stdlib.h>

#include "well_behaved.h"

__attribute__((constructor)) static void crash(void) {
  abort();
}

int32_t herald_plugin_entry(herald_plugin* plugin) {
  describe_well(plugin);
  return HERALD_OK;
}
