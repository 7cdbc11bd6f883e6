/* Does one fatal thing, which the build gives as ODDITY, in an initialiser: before the host can call anything. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "well_behaved.h"

static int deeper(unsigned depth) {
  volatile char frame[4096];
  frame[depth % sizeof frame] = 1;
  return depth == UINT32_MAX ? 0 : deeper(depth + 1) + frame[depth % sizeof frame];
}

static void spin(void) {
  volatile unsigned turns = 0;
  for (;;)
    ++turns;
}

static void leave_a_process(void) {
  if (fork() != 0) return;
  setsid();
  for (;;)
    pause();
}

__attribute__((constructor)) static void begin(void) {
  (void)deeper, (void)spin, (void)leave_a_process;
  ODDITY; /* NOLINT(cert-err33-c,concurrency-mt-unsafe): what it comes to is the host's matter */
}

int32_t herald_plugin_entry(herald_plugin* plugin) {
  describe_well(plugin);
  return HERALD_OK;
}
