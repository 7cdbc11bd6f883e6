/* Keeps every promise, and is linked with an executable stack. */
#include "provider.h"

PROVIDER("executable-stack", plugin.max_batch = 4);
