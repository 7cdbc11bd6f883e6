/*
 * A provider in plain C, on abi.h alone: takes every message, sends none, and counts them. Useful to measure a host
 * without a carrier. Its settings: none.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <herald/abi.h>

#define LITERAL(text) \
  { (text), sizeof(text) - 1 }

static const herald_str kChannels[] = {LITERAL("sms"), LITERAL("mms"), LITERAL("email")};

struct discard {
  const herald_host* host;
  atomic_uint taken; /* the metric's handle; configure may overlap submit */
  atomic_int running;
};

static herald_instance discard_create(const herald_host* host) {
  struct discard* self = calloc(1, sizeof *self);
  if (self != NULL) self->host = host;
  return self;
}

static int32_t discard_configure(herald_instance instance, herald_str json, herald_str* error) {
  static const herald_str name = LITERAL("discarded_total");
  static const herald_str help = LITERAL("Messages taken and not sent.");
  struct discard* self = instance;
  (void)json; /* the host has held it against the schema, which allows {} alone */
  if (error != NULL) memset(error, 0, sizeof *error);
  atomic_store(&self->taken, self->host->metric_declare(self->host->context, HERALD_METRIC_COUNTER, name, help));
  return HERALD_OK;
}

static int32_t discard_start(herald_instance instance) {
  struct discard* self = instance;
  atomic_store(&self->running, 1);
  return HERALD_OK;
}

static int32_t discard_submit(herald_instance instance, const herald_batch* batch,
                              const herald_completion* completion) {
  struct discard* self = instance;
  /* The batch is the host's again once its last message is completed, so its count is read before. */
  const uint32_t count = batch->count;
  herald_outcome outcome;
  if (!atomic_load(&self->running)) return HERALD_E_STATE;
  memset(&outcome, 0, sizeof outcome);
  outcome.struct_size = sizeof outcome;
  outcome.code = HERALD_OUTCOME_SUCCESS;
  for (uint32_t index = 0; index < count; ++index) {
    const herald_message* message = herald_batch_at(batch, index);
    outcome.provider_message_id = message->dispatch_token; /* copied by the host before it takes the message back */
    completion->complete(completion->context, message->item, &outcome);
  }
  self->host->metric_record(self->host->context, atomic_load(&self->taken), count);
  return HERALD_OK;
}

static int32_t discard_drain(herald_instance instance, int64_t deadline_ns) {
  (void)instance;
  (void)deadline_ns;
  return HERALD_OK; /* every message is completed inside submit */
}

static void discard_stop(herald_instance instance) {
  struct discard* self = instance;
  atomic_store(&self->running, 0);
}

static void discard_destroy(herald_instance instance) {
  free(instance);
}

HERALD_EXPORT int32_t herald_plugin_entry(herald_plugin* plugin);
HERALD_EXPORT int32_t herald_plugin_entry(herald_plugin* plugin) {
  static const herald_str name = LITERAL("discard");
  static const herald_str version = LITERAL("1.0.0");
  static const herald_str sdk_version = LITERAL(HERALD_SDK_VERSION);
  static const herald_str description = LITERAL("Takes every message and sends none.");
  static const herald_str schema = LITERAL("{\"type\": \"object\", \"additionalProperties\": false}");
  const uint32_t room = plugin->struct_size;
  herald_plugin filled;
  memset(&filled, 0, sizeof filled);
  filled.struct_size = room < sizeof filled ? room : (uint32_t)sizeof filled;
  filled.magic = HERALD_ABI_MAGIC;
  filled.abi_major = HERALD_ABI_MAJOR;
  filled.abi_minor = HERALD_ABI_MINOR;
  filled.name = name;
  filled.version = version;
  filled.sdk_version = sdk_version;
  filled.description = description;
  filled.channels = kChannels;
  filled.channel_count = sizeof kChannels / sizeof kChannels[0];
  filled.thread_model = HERALD_THREADS_ASYNC;
  filled.max_batch = 256;
  filled.max_in_flight = 4096;
  filled.config_schema = schema;
  filled.create = discard_create;
  filled.configure = discard_configure;
  filled.start = discard_start;
  filled.submit = discard_submit;
  filled.drain = discard_drain;
  filled.stop = discard_stop;
  filled.destroy = discard_destroy;
  memcpy(plugin, &filled, filled.struct_size);
  return room < sizeof filled ? HERALD_E_UNSUPPORTED : HERALD_OK;
}
