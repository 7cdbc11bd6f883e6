/* Starts a thread that nobody joins. */
#include "provider.h"

static void* idle(void* nothing) {
  for (;;)
    pause();
  return nothing;
}

static int32_t start(herald_instance instance) {
  pthread_t thread;
  const int32_t result = good_start(instance);
  if (result == HERALD_OK && pthread_create(&thread, NULL, idle, NULL) == 0) pthread_detach(thread);
  return result;
}

PROVIDER("leaks-a-thread", plugin.start = start);
