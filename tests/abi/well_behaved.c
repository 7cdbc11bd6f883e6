/* Keeps every rule. */
#include "well_behaved.h"

int32_t herald_plugin_entry(herald_plugin* plugin) {
  describe_well(plugin);
  return HERALD_OK;
}
