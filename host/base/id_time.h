// The time that an id bears.
#pragma once

#include "base/clock.h"
#include "base/id.h"

namespace herald::base {

// When the id was given; later by the little that IdSource had to run ahead of the clock. Pure.
WallTime time_of(MessageId id);

}  // namespace herald::base
