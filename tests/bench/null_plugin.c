/* The least that a plugin can do with a message: completes each inside submit, and touches nothing else. */
#include <string.h>

#include <herald/abi.h>

static herald_str str_of(const char* text) {
  herald_str out = {text, strlen(text)};
  return out;
}

static herald_instance create(const herald_host* host) {
  static char instance; /* it keeps nothing, so one serves all */
  (void)host;
  return &instance;
}

static int32_t configure(herald_instance instance, herald_str json, herald_str* error) {
  (void)instance, (void)json, (void)error;
  return HERALD_OK;
}

static int32_t start(herald_instance instance) {
  (void)instance;
  return HERALD_OK;
}

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  const uint32_t count = batch->count; /* the batch may be gone once its last message is completed */
  herald_outcome outcome;
  (void)instance;
  memset(&outcome, 0, sizeof outcome);
  outcome.struct_size = sizeof outcome;
  outcome.code = HERALD_OUTCOME_SUCCESS;
  for (uint32_t i = 0; i < count; ++i)
    completion->complete(completion->context, herald_batch_at(batch, i)->item, &outcome);
  return HERALD_OK;
}

static int32_t drain(herald_instance instance, int64_t deadline_ns) {
  (void)instance, (void)deadline_ns;
  return HERALD_OK;
}

static void stop(herald_instance instance) {
  (void)instance;
}

static void destroy(herald_instance instance) {
  (void)instance;
}

HERALD_EXPORT int32_t herald_plugin_entry(herald_plugin* plugin);
HERALD_EXPORT int32_t herald_plugin_entry(herald_plugin* plugin) {
  static herald_str channels[1];
  channels[0] = str_of("sms");
  plugin->struct_size = sizeof *plugin;
  plugin->magic = HERALD_ABI_MAGIC;
  plugin->abi_major = HERALD_ABI_MAJOR;
  plugin->abi_minor = HERALD_ABI_MINOR;
  plugin->name = str_of("null");
  plugin->version = str_of("1.0.0");
  plugin->sdk_version = str_of(HERALD_SDK_VERSION);
  plugin->description = str_of("Completes everything at once.");
  plugin->channels = channels;
  plugin->channel_count = 1;
  plugin->thread_model = HERALD_THREADS_ASYNC;
  plugin->max_batch = 64;
  plugin->max_in_flight = 4096;
  plugin->create = create;
  plugin->configure = configure;
  plugin->start = start;
  plugin->submit = submit;
  plugin->drain = drain;
  plugin->stop = stop;
  plugin->destroy = destroy;
  return HERALD_OK;
}
