/* Lets a function of its own be seen from outside. */
#include "provider.h"

HERALD_EXPORT int exports_more_of_itself(void);
int exports_more_of_itself(void) {
  return 1;
}

PROVIDER("exports-more", plugin.max_batch = 4);
