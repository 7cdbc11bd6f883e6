/* Does what FATE says in one step of its start: STEP is CREATE, CONFIGURE or START. */
#include <sys/resource.h>

#include "provider.h"

#define CREATE 1
#define CONFIGURE 2
#define START 3

static volatile int depth;

static inline int descend(int from) {
  volatile char room[4096];
  room[0] = (char)from;
  if (++depth < 0) return 0; /* it never comes to that */
  return descend(from + 1) + room[0];
}

static inline void crash(void) {
  volatile int* volatile nowhere = (volatile int*)4096; /* not NULL, which a sanitizer meets before the processor */
  *nowhere = 1;
}

/* The host's trial lets no plugin write files. */
static inline int in_a_trial(void) {
  struct rlimit files;
  return getrlimit(RLIMIT_FSIZE, &files) == 0 && files.rlim_cur == 0;
}

static void meet(int step) {
  (void)descend, (void)crash, (void)in_a_trial; /* a fate needs one of them, or none */
  if (step != STEP) return;
  FATE; /* NOLINT(concurrency-mt-unsafe): one of them is exit */
}

static herald_instance create(const herald_host* host) {
  meet(CREATE);
  return good_create(host);
}

static int32_t configure(herald_instance instance, herald_str json, herald_str* error) {
  meet(CONFIGURE);
  return good_configure(instance, json, error);
}

static int32_t start(herald_instance instance) {
  meet(START);
  return good_start(instance);
}

static void replace_all(herald_plugin* plugin) {
  plugin->create = create;
  plugin->configure = configure;
  plugin->start = start;
}

PROVIDER("deadly", replace_all(&plugin));
