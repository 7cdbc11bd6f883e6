// Small settings that operators make while the host runs.
#include "store/command_applier.h"

namespace herald::store {

base::Status CommandApplier::keep(const Keep& command) {
  Statement keep(database_, "INSERT OR REPLACE INTO kept(key, value) VALUES(?1, ?2)");
  keep.bind(1, command.key).bind(2, command.value).run();
  return {};
}

}  // namespace herald::store
