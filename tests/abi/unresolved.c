/* Needs a function that nobody has. */
#include "well_behaved.h"

extern void function_that_nobody_has(void);

int32_t herald_plugin_entry(herald_plugin* plugin) {
  describe_well(plugin);
  function_that_nobody_has();
  return HERALD_OK;
}
