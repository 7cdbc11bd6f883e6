// What lanes and the dispatcher use of the rest of the host.
#pragma once

#include "base/clock.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "store/writer.h"

namespace herald::delivery {

// All are borrowed, safe from any thread, and outlive the room.
struct Services {
  store::Writer& writer;
  const base::Clock& clock;
  observe::Log& log;
  observe::Metrics& metrics;
};

}  // namespace herald::delivery
