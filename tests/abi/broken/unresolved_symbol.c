/* Calls what no library has. */
#include "provider.h"

int a_function_that_no_library_has(void);

static int32_t start(herald_instance instance) {
  return a_function_that_no_library_has() == 0 ? good_start(instance) : HERALD_E_UNAVAILABLE;
}

PROVIDER("unresolved-symbol", plugin.start = start);
