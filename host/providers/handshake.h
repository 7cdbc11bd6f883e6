// The first call into a loaded plugin: it fills its descriptor, and the host decides whether the two fit.
#pragma once

#include <herald/abi.h>

#include "base/result.h"
#include "providers/descriptor.h"
#include "providers/start_records.h"

namespace herald::providers {

struct Plugin {
  Descriptor descriptor;
  // The functions, for the life of the process; what the plugin's structure does not reach is NULL. Its data fields are
  // the plugin's own: the checked ones are in `descriptor`.
  herald_plugin calls{};
  Origin origin{};  // what it was loaded from, when it was a file
};

// Calls `entry` and checks, in this order: the structure's size, the magic, the major version, the plugin's own
// consent, then the descriptor's fields, the required functions, the schema. The error says what was found, what this
// host supports, and the cure. One control thread at a time.
base::Result<Plugin> shake_hands(herald_plugin_entry_fn entry);

}  // namespace herald::providers
