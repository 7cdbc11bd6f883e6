#pragma once

#include "config/settings.h"

namespace herald::app {

// Serves until SIGTERM or SIGINT, then drains. Returns the process's exit status: 0 after a drain, 1 when the host
// could not start (the log says why). To be called once, from the main thread, before any other thread exists.
int serve(const config::Settings& settings);

}  // namespace herald::app
