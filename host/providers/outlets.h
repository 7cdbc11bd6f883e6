// Where the room hands on what comes from plugins and operators: ports of rooms that are built after it.
#pragma once

#include "domain/ports.h"

namespace herald::providers {

// All outlive the room's stop; `kept` answers every keep before it is destroyed.
struct Outlets {
  domain::InboundSink& inbound;
  domain::LaneControl& lanes;
  domain::KeptSettings& kept;
};

}  // namespace herald::providers
