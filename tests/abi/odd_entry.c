/* Does one fatal thing, which the build gives as ODDITY, when its entry is called. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "well_behaved.h"

int32_t herald_plugin_entry(herald_plugin* plugin) {
  describe_well(plugin);
  ODDITY; /* NOLINT(cert-err33-c,concurrency-mt-unsafe): what it comes to is the host's matter */
  return HERALD_OK;
}
