// What operators ask for: cancel, retry.
#include "store/command_applier.h"

namespace herald::store {

base::Status CommandApplier::cancel(const Cancel& command) {
  static_cast<void>(command);
  return base::fail(base::ErrorCode::kInternal, "not built yet");
}

base::Status CommandApplier::retry(const Retry& command) {
  static_cast<void>(command);
  return base::fail(base::ErrorCode::kInternal, "not built yet");
}

base::Result<Retried> CommandApplier::retry_many(const RetryMany& command) {
  static_cast<void>(command);
  return base::fail(base::ErrorCode::kInternal, "not built yet");
}

}  // namespace herald::store
