/* Fills the whole descriptor, however little of it the host offers. */
#include "provider.h"

int32_t herald_plugin_entry(herald_plugin* into) {
  *into = good_plugin("writes-beyond-its-struct");
  return HERALD_OK;
}
