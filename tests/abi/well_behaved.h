/*
 * A plugin that keeps every rule and does nothing: what the odd ones of this folder start from, each breaking one rule.
 */
#ifndef HERALD_TESTS_WELL_BEHAVED_H
#define HERALD_TESTS_WELL_BEHAVED_H

#include <string.h>

#include <herald/abi.h>

#ifndef PLUGIN_NAME
#define PLUGIN_NAME "odd"
#endif

static inline herald_str str_of(const char* text) {
  herald_str out = {text, strlen(text)};
  return out;
}

static herald_instance idle_create(const herald_host* host) {
  static char instance; /* it keeps nothing, so one serves all */
  (void)host;
  return &instance;
}

static int32_t idle_configure(herald_instance instance, herald_str json, herald_str* error) {
  (void)instance, (void)json, (void)error;
  return HERALD_OK;
}

static int32_t idle_start(herald_instance instance) {
  (void)instance;
  return HERALD_OK;
}

static int32_t idle_submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  (void)instance;
  herald_outcome outcome;
  memset(&outcome, 0, sizeof outcome);
  outcome.struct_size = sizeof outcome;
  outcome.code = HERALD_OUTCOME_SUCCESS;
  const uint32_t count = batch->count; /* the batch is the host's again once its last message is completed */
  for (uint32_t i = 0; i < count; ++i) {
    completion->complete(completion->context, herald_batch_at(batch, i)->item, &outcome);
  }
  return HERALD_OK;
}

static int32_t idle_drain(herald_instance instance, int64_t deadline_ns) {
  (void)instance, (void)deadline_ns;
  return HERALD_OK;
}

static void idle_stop(herald_instance instance) {
  (void)instance;
}

static void idle_destroy(herald_instance instance) {
  (void)instance;
}

static void describe_well(herald_plugin* plugin) {
  static herald_str channels[2];
  channels[0] = str_of("email");
  channels[1] = str_of("pigeon"); /* of a later host: this one ignores it */
  plugin->struct_size = sizeof *plugin;
  plugin->magic = HERALD_ABI_MAGIC;
  plugin->abi_major = HERALD_ABI_MAJOR;
  plugin->abi_minor = HERALD_ABI_MINOR;
  plugin->name = str_of(PLUGIN_NAME);
  plugin->version = str_of("1.2.3-rc.1+build.5");
  plugin->sdk_version = str_of(HERALD_SDK_VERSION);
  plugin->description = str_of("Breaks one rule.");
  plugin->channels = channels;
  plugin->channel_count = 2;
  plugin->thread_model = HERALD_THREADS_ASYNC;
  plugin->max_batch = 4;
  plugin->max_in_flight = 8;
  plugin->create = idle_create;
  plugin->configure = idle_configure;
  plugin->start = idle_start;
  plugin->submit = idle_submit;
  plugin->drain = idle_drain;
  plugin->stop = idle_stop;
  plugin->destroy = idle_destroy;
}

HERALD_EXPORT int32_t herald_plugin_entry(herald_plugin* plugin);

#endif
