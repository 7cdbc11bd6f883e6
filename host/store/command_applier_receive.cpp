// What carriers bring: inbound messages and delivery receipts.
#include "store/command_applier.h"

namespace herald::store {

base::Result<Received> CommandApplier::receive(const Receive& command) {
  static_cast<void>(command);
  return base::fail(base::ErrorCode::kInternal, "not built yet");
}

}  // namespace herald::store
