/* Waits in drain until the last message is completed, however long that takes: up to the messages' deadlines. */
#define HOLD_UNTIL (deadline - 20 * INT64_C(1000000))
#define DRAIN_UNTIL INT64_MAX
#define STOP_WAITS 1
#include "holding.h"

HOLDING("ignores-drain-deadline");
