// Which providers take part: gives their channels out, holds their lanes back, and keeps both over a restart.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/ports.h"
#include "observe/log.h"
#include "providers/bounded_call.h"
#include "providers/kept_state.h"
#include "providers/registry.h"

namespace herald::providers {

// One control thread at a time.
class Enablement {
 public:
  // All are borrowed and outlive this object.
  Enablement(Registry& registry, domain::LaneControl& lanes, Keeper& keeper, observe::Log& log)
      : registry_(registry), lanes_(lanes), keeper_(keeper), log_(log) {}

  // Before the first provider is admitted: what was kept is in force.
  void begin(const KeptState& kept);
  // A provider is in the registry and is about to get its lane: it is held back if it was disabled when it last ran.
  void admit(const std::string& provider);
  // Gives the channels out for the first time, once every plugin of the start is known. Keeps the incumbents without
  // waiting for it.
  std::vector<Registry::Unserved> settle();
  // Gives them out anew after a provider came, changed or went, and says what moved. Keeps as above.
  void rearrange();

  // Comes back when the change is committed. Undone when it could not be: kUnavailable. Otherwise as
  // Registry::set_enabled. A change to what already is keeps nothing.
  base::Status set(const std::string& provider, bool enabled, const std::shared_ptr<Patience>& patience);

 private:
  void move_channels();
  void announce(domain::Channel channel, const std::string& from, const std::string& to);

  Registry& registry_;
  domain::LaneControl& lanes_;
  Keeper& keeper_;
  observe::Log& log_;
};

}  // namespace herald::providers
