/* A shared library, but no plugin. */
#include "well_behaved.h"

HERALD_EXPORT int32_t herald_plugin_enter(herald_plugin* plugin);

int32_t herald_plugin_enter(herald_plugin* plugin) {
  describe_well(plugin);
  return HERALD_OK;
}
