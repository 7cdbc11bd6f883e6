/* Does one thing, which the build gives as ODDITY, in FUNCTION: create or destroy. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <herald/abi_inbound.h>

#include "well_behaved.h"

#define CREATE 1
#define DESTROY 2

static void write_much(void) {
  FILE* file = tmpfile();
  if (file == NULL) return;
  for (int i = 0; i < 100000; ++i)
    (void)fputs("more than a buffer", file);
  (void)fclose(file);
}

/* Everything that a host offers at that moment. */
static void ask(const herald_host* host) {
  host->log(host->context, HERALD_LOG_WARN, str_of("hello"));
  const uint32_t metric = host->metric_declare(host->context, HERALD_METRIC_COUNTER, str_of("asked"), str_of(""));
  host->metric_record(host->context, metric, 1);
  const herald_inbound* inbound = (const herald_inbound*)host->extension(host->context, str_of(HERALD_EXT_INBOUND));
  if (inbound == NULL || host->unix_ms(host->context) == 0 || host->monotonic_ns(host->context) == 0) abort();
  if (inbound->emit(inbound->context, NULL, 0, NULL, 0, NULL, NULL) == HERALD_OK) abort();
  (void)host->random(host->context);
}

static herald_instance odd_create(const herald_host* host) {
#if FUNCTION == CREATE
  ODDITY; /* NOLINT(concurrency-mt-unsafe): what it comes to is the host's matter */
#endif
  return idle_create(host);
}

static void odd_destroy(herald_instance instance) {
#if FUNCTION == DESTROY
  ODDITY; /* NOLINT(concurrency-mt-unsafe): as above */
#endif
  idle_destroy(instance);
}

int32_t herald_plugin_entry(herald_plugin* plugin) {
  (void)write_much, (void)ask;
  describe_well(plugin);
  plugin->create = odd_create;
  plugin->destroy = odd_destroy;
  return HERALD_OK;
}
