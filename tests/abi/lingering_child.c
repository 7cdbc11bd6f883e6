/* Leaves a process behind that holds everything open which its parent had open. */
#include <unistd.h>

#include "well_behaved.h"

int32_t herald_plugin_entry(herald_plugin* plugin) {
  describe_well(plugin);
  if (fork() == 0) {
    for (;;)
      pause();
  }
  return HERALD_OK;
}
