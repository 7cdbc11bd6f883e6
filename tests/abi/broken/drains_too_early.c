/* Says in drain that all is done, whatever is out. */
#define HOLD_UNTIL (now + 300 * INT64_C(1000000))
#define DRAIN_UNTIL INT64_MIN
#define STOP_WAITS 1
#include "holding.h"

HOLDING("drains-too-early");
