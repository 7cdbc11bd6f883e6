// What the room needs of the host beside its options; all of it outlives the room.
#pragma once

#include "base/clock.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace herald::providers {

class StartRecords;

struct Surroundings {
  const base::Clock& clock;
  observe::Log& log;
  observe::Metrics& metrics;
  StartRecords* starts = nullptr;  // null: starts are not recorded
};

}  // namespace herald::providers
