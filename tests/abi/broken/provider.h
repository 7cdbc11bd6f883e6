/*
 * A provider in C that keeps every promise of abi.h, one function for each of the contract's. Each plugin of this
 * folder replaces what its one fault is in, and is otherwise this.
 */
#ifndef HERALD_TESTS_BROKEN_PROVIDER_H
#define HERALD_TESTS_BROKEN_PROVIDER_H

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <herald/abi.h>

/* NOLINTBEGIN(readability-identifier-naming,modernize-*): the names and forms of C, one fault is written in C++. */

enum { CREATED, CONFIGURED, RUNNING, STOPPED };

typedef struct provider {
  const herald_host* host;
  pthread_mutex_t mutex; /* guards all below */
  int state;
  int out; /* batches that holding.h holds */
} provider;

static inline herald_str str_of(const char* text) {
  herald_str out = {text, strlen(text)};
  return out;
}

static inline int state_of(provider* self) {
  pthread_mutex_lock(&self->mutex);
  const int state = self->state;
  pthread_mutex_unlock(&self->mutex);
  return state;
}

static inline void enter(provider* self, int state) {
  pthread_mutex_lock(&self->mutex);
  self->state = state;
  pthread_mutex_unlock(&self->mutex);
}

static inline herald_instance good_create(const herald_host* host) {
  provider* self = (provider*)calloc(1, sizeof *self);
  if (self == NULL) return NULL;
  self->host = host;
  pthread_mutex_init(&self->mutex, NULL);
  return self;
}

/* There are no settings to read: whether it is an object at all is what is left to look at. */
static inline int is_object(herald_str json) {
  while (json.size > 0 && strchr(" \t\r\n", json.data[json.size - 1]) != NULL && json.data[json.size - 1] != 0)
    --json.size;
  return json.size >= 2 && json.data[0] == '{' && json.data[json.size - 1] == '}';
}

static inline int32_t refuse(herald_str* error) {
  if (error != NULL) *error = str_of("this is no JSON object; give one, such as {}");
  return HERALD_E_INVALID;
}

static inline int32_t good_configure(herald_instance instance, herald_str json, herald_str* error) {
  provider* self = (provider*)instance;
  if (error != NULL) memset(error, 0, sizeof *error);
  if (!is_object(json)) return refuse(error);
  pthread_mutex_lock(&self->mutex);
  const int stopped = self->state == STOPPED;
  if (self->state == CREATED) self->state = CONFIGURED;
  pthread_mutex_unlock(&self->mutex);
  return stopped ? HERALD_E_STATE : HERALD_OK;
}

static inline int32_t good_start(herald_instance instance) {
  provider* self = (provider*)instance;
  if (state_of(self) != CONFIGURED) return HERALD_E_STATE;
  enter(self, RUNNING);
  return HERALD_OK;
}

static inline herald_outcome success(void) {
  herald_outcome outcome;
  memset(&outcome, 0, sizeof outcome);
  outcome.struct_size = sizeof outcome;
  outcome.code = HERALD_OUTCOME_SUCCESS;
  outcome.provider_message_id = str_of("broken-1");
  return outcome;
}

static inline void complete(const herald_completion* completion, uint64_t item) {
  const herald_outcome outcome = success();
  completion->complete(completion->context, item, &outcome);
}

/* HERALD_OK when the batch may be taken. */
static inline int32_t look_at(herald_instance instance, const herald_batch* batch) {
  if (state_of((provider*)instance) != RUNNING) return HERALD_E_STATE;
  return batch->count == 0 ? HERALD_E_INVALID : HERALD_OK;
}

static inline int32_t good_submit(herald_instance instance, const herald_batch* batch,
                                  const herald_completion* completion) {
  const int32_t result = look_at(instance, batch);
  const uint32_t count = result == HERALD_OK ? batch->count : 0; /* the batch goes with its last message */
  for (uint32_t i = 0; i < count; ++i)
    complete(completion, herald_batch_at(batch, i)->item);
  return result;
}

static inline int32_t good_drain(herald_instance instance, int64_t deadline_ns) {
  (void)deadline_ns;
  return state_of((provider*)instance) == RUNNING ? HERALD_OK : HERALD_E_STATE;
}

static inline void good_stop(herald_instance instance) {
  enter((provider*)instance, STOPPED);
}

static inline void good_destroy(herald_instance instance) {
  pthread_mutex_destroy(&((provider*)instance)->mutex);
  free(instance);
}

static inline int32_t respond(const herald_webhook_exchange* exchange, uint32_t status) {
  herald_webhook_response response;
  memset(&response, 0, sizeof response);
  response.struct_size = sizeof response;
  response.status = status;
  return exchange->respond(exchange->context, &response);
}

static inline int32_t good_handle(herald_instance instance, const herald_webhook_request* request,
                                  const herald_webhook_exchange* exchange) {
  (void)request;
  if (state_of((provider*)instance) != RUNNING) return HERALD_E_STATE;
  respond(exchange, 204);
  return HERALD_OK;
}

static inline int is_id(herald_str id, const char* known) {
  return id.size == strlen(known) && memcmp(id.data, known, id.size) == 0;
}

static inline herald_plugin good_plugin(const char* name) {
  static herald_str channels[1];
  herald_plugin plugin;
  memset(&plugin, 0, sizeof plugin);
  channels[0] = str_of("sms");
  plugin.struct_size = sizeof plugin;
  plugin.magic = HERALD_ABI_MAGIC;
  plugin.abi_major = HERALD_ABI_MAJOR;
  plugin.abi_minor = HERALD_ABI_MINOR;
  plugin.name = str_of(name);
  plugin.version = str_of("1.0.0");
  plugin.sdk_version = str_of(HERALD_SDK_VERSION);
  plugin.description = str_of("Sends nothing.");
  plugin.channels = channels;
  plugin.channel_count = 1;
  plugin.thread_model = HERALD_THREADS_ASYNC;
  plugin.max_batch = 4;
  plugin.max_in_flight = 8;
  plugin.config_schema = str_of("{\"type\": \"object\", \"additionalProperties\": false}");
  plugin.create = good_create;
  plugin.configure = good_configure;
  plugin.start = good_start;
  plugin.submit = good_submit;
  plugin.drain = good_drain;
  plugin.stop = good_stop;
  plugin.destroy = good_destroy;
  return plugin;
}

static inline int32_t hand_over(const herald_plugin* plugin, herald_plugin* into) {
  const uint32_t room = into->struct_size;
  herald_plugin filled = *plugin;
  if (room < filled.struct_size) filled.struct_size = room;
  memcpy(into, &filled, filled.struct_size);
  return room < sizeof filled ? HERALD_E_UNSUPPORTED : HERALD_OK;
}

#ifdef __cplusplus
extern "C"
#endif
    HERALD_EXPORT int32_t
    herald_plugin_entry(herald_plugin* into);

/* The whole plugin, but for `change`: statements about `plugin`. */
#define PROVIDER(name, change)                       \
  int32_t herald_plugin_entry(herald_plugin* into) { \
    herald_plugin plugin = good_plugin(name);        \
    change;                                          \
    return hand_over(&plugin, into);                 \
  }                                                  \
  struct takes_the_semicolon

/* An extension with one function for webhooks. */
#define WEBHOOK(function)                                                \
  static const void* extension(herald_str id) {                          \
    static const herald_webhook webhook = {sizeof webhook, 0, function}; \
    return is_id(id, HERALD_EXT_WEBHOOK) ? (const void*)&webhook : NULL; \
  }                                                                      \
  struct takes_the_semicolon

/* NOLINTEND(readability-identifier-naming,modernize-*) */
#endif
