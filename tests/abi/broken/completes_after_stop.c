/* Does not wait, in stop, for the threads that complete. */
#define HOLD_UNTIL (now + 100 * INT64_C(1000000))
#define DRAIN_UNTIL INT64_MAX
#define STOP_WAITS 0
#include "holding.h"

HOLDING("completes-after-stop");
