/* Describes itself otherwise when it is asked again. */
#include "provider.h"

static uint32_t calls;

PROVIDER("changes-its-mind", plugin.max_in_flight = 8 + calls++);
