/* Describes itself otherwise when it is asked for the third time. */
#include "provider.h"

static uint32_t calls;

PROVIDER("changes-its-mind", plugin.max_in_flight = calls++ < 2 ? 8 : 16);
