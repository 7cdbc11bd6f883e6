/* Well behaved but for one statement about its descriptor, which the build gives as ODDITY. */
#include "well_behaved.h"

int32_t herald_plugin_entry(herald_plugin* plugin) {
  int32_t result = HERALD_OK;
  describe_well(plugin);
  ODDITY;
  return result;
}
