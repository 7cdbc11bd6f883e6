/* Opens in start what it never closes. */
#include <fcntl.h>

#include "provider.h"

static int32_t start(herald_instance instance) {
  const int32_t result = good_start(instance);
  // cppcheck-suppress leakReturnValNotUsed; the leak is what this plugin is for
  if (result == HERALD_OK && open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) return HERALD_E_UNAVAILABLE;
  return result;
}

PROVIDER("leaks-a-descriptor", plugin.start = start);
