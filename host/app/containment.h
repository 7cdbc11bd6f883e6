// What keeps the process's memory to itself: in it lie messages, addresses and secrets.
#pragma once

#include "observe/log.h"

namespace herald::app {

// From here on no core file is written, by whatever the process dies, and only root may look into it with a debugger.
// Where the system does not allow that, a warning says so. Children that it starts write no core file either. Once,
// from the main thread.
void keep_memory_private(observe::Log& log);

}  // namespace herald::app
