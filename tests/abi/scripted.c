/*
 * Does with each message what its body says, and logs every call of its life. Waits, where it waits, until the file
 * that its configuration names as "gate" exists. The build makes it asynchronous or BLOCKING.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "well_behaved.h"

#define MOST_WAITING 64

static void pause_briefly(void) {
  usleep(1000);  // tidy: sleeps because a plugin in C has nothing of the host's to wait on
}

typedef struct scripted {
  const herald_host* host;
  uint32_t submits;
  char gate[512];
  char refusal[64];
  pthread_t thread;
  pthread_mutex_t mutex;
  int stopping;
  uint32_t waiting_count;
  uint64_t waiting[MOST_WAITING];
  herald_completion completion;
} scripted;

static void say(scripted* self, const char* text) {
  self->host->log(self->host->context, HERALD_LOG_INFO, str_of(text));
}

static void complete(const herald_completion* completion, uint64_t item, uint32_t code) {
  herald_outcome outcome;
  memset(&outcome, 0, sizeof outcome);
  outcome.struct_size = sizeof outcome;
  outcome.code = code;
  outcome.provider_message_id = str_of("scripted-1");
  outcome.error_code = str_of("scripted");
  outcome.encoding = str_of("GSM-7");
  outcome.segments = 2;
  completion->complete(completion->context, item, &outcome);
}

static int gate_is_open(scripted* self) {
  return access(self->gate, F_OK) == 0;
}

/* Completes what waits, as soon as the gate opens. */
static void* wait_and_complete(void* argument) {
  scripted* self = (scripted*)argument;
  for (;;) {
    pthread_mutex_lock(&self->mutex);
    if (gate_is_open(self)) {
      for (uint32_t i = 0; i < self->waiting_count; ++i) {
        complete(&self->completion, self->waiting[i], HERALD_OUTCOME_SUCCESS);
      }
      self->waiting_count = 0;
    }
    const int stopping = self->stopping;
    pthread_mutex_unlock(&self->mutex);
    if (stopping) return NULL;
    pause_briefly();
  }
}

static herald_instance create(const herald_host* host) {
  scripted* self = (scripted*)calloc(1, sizeof *self);
  if (self == NULL) return NULL;
  self->host = host;
  pthread_mutex_init(&self->mutex, NULL);
  say(self, "create");
  return self;
}

static int32_t configure(herald_instance instance, herald_str json, herald_str* error) {
  scripted* self = (scripted*)instance;
  char text[1024] = {0};
  snprintf(text, sizeof text, "configure %.*s", (int)json.size, json.data);
  say(self, text);
  self->submits = self->host->metric_declare(self->host->context, HERALD_METRIC_COUNTER, str_of("submits"),
                                             str_of("Calls of submit."));
  if (strstr(text, "\"refuse\":true") != NULL) {
    snprintf(self->refusal, sizeof self->refusal, "told to refuse");
    *error = str_of(self->refusal);
    return HERALD_E_INVALID;
  }
  const char* begin = strstr(text, "\"gate\":\"");
  if (begin != NULL) (void)sscanf(begin + strlen("\"gate\":\""), "%511[^\"]", self->gate);
  return HERALD_OK;
}

static int32_t start(herald_instance instance) {
  scripted* self = (scripted*)instance;
  say(self, "start");
  if (strcmp(self->gate, "/unreachable") == 0) {
    self->host->log(self->host->context, HERALD_LOG_ERROR, str_of("the gate cannot be reached"));
    return HERALD_E_UNAVAILABLE;
  }
  return pthread_create(&self->thread, NULL, wait_and_complete, self) == 0 ? HERALD_OK : HERALD_E_UNAVAILABLE;
}

static int is(const herald_message* message, const char* word) {
  return message->body.size == strlen(word) && memcmp(message->body.data, word, message->body.size) == 0;
}

static void follow(scripted* self, const herald_message* message, const herald_completion* completion) {
  const uint64_t item = message->item;
  if (is(message, "never")) return;
  if (is(message, "wait")) {
    pthread_mutex_lock(&self->mutex);
    self->completion = *completion;
    if (self->waiting_count < MOST_WAITING) self->waiting[self->waiting_count++] = item;
    pthread_mutex_unlock(&self->mutex);
  } else if (is(message, "block")) {
    while (!gate_is_open(self))
      pause_briefly();
    complete(completion, item, HERALD_OUTCOME_SUCCESS);
  } else if (is(message, "twice")) {
    complete(completion, item, HERALD_OUTCOME_SUCCESS);
    complete(completion, item, HERALD_OUTCOME_ERROR);
  } else if (is(message, "unknown")) {
    complete(completion, item ^ 1U, HERALD_OUTCOME_ERROR);
    complete(completion, 0, HERALD_OUTCOME_ERROR);
    complete(completion, item, HERALD_OUTCOME_SUCCESS);
  } else if (is(message, "reject")) {
    complete(completion, item, HERALD_OUTCOME_REJECTED);
  } else {
    complete(completion, item, HERALD_OUTCOME_SUCCESS);
  }
}

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  scripted* self = (scripted*)instance;
  const uint32_t count = batch->count; /* the batch may be gone once its last message is completed */
  self->host->metric_record(self->host->context, self->submits, 1);
  if (is(herald_batch_at(batch, 0), "fail")) return HERALD_E_UNAVAILABLE;
  for (uint32_t i = 0; i < count; ++i)
    follow(self, herald_batch_at(batch, i), completion);
  return HERALD_OK;
}

static int32_t drain(herald_instance instance, int64_t deadline_ns) {
  scripted* self = (scripted*)instance;
  say(self, "drain");
  for (;;) {
    pthread_mutex_lock(&self->mutex);
    const uint32_t waiting = self->waiting_count;
    pthread_mutex_unlock(&self->mutex);
    if (waiting == 0) return HERALD_OK;
    if (self->host->monotonic_ns(self->host->context) >= deadline_ns) return HERALD_E_TIMEOUT;
    pause_briefly();
  }
}

static void stop(herald_instance instance) {
  scripted* self = (scripted*)instance;
  pthread_mutex_lock(&self->mutex);
  self->stopping = 1;
  pthread_mutex_unlock(&self->mutex);
  pthread_join(self->thread, NULL);
  say(self, "stop");
}

static void destroy(herald_instance instance) {
  scripted* self = (scripted*)instance;
  say(self, "destroy");
  pthread_mutex_destroy(&self->mutex);
  free(self);
}

static int32_t set_faults(herald_instance instance, const herald_fault_profile* profile) {
  char text[128] = {0};
  snprintf(text, sizeof text, "faults %u/%u/%u seed %d:%llu", profile->timeout_pct, profile->error_pct,
           profile->ratelimit_pct, (int)profile->has_seed, (unsigned long long)profile->seed);
  say((scripted*)instance, text);
  return HERALD_OK;
}

static const void* extension(herald_str id) {
  static const herald_faults faults = {sizeof faults, 0, set_faults};
  return id.size == strlen(HERALD_EXT_FAULTS) && memcmp(id.data, HERALD_EXT_FAULTS, id.size) == 0 ? &faults : NULL;
}

int32_t herald_plugin_entry(herald_plugin* plugin) {
  describe_well(plugin);
  plugin->config_schema = str_of(
      "{\"type\":\"object\",\"additionalProperties\":false,"
#ifdef NEEDS_GATE
      "\"required\":[\"gate\"],"
#endif
      "\"properties\":{"
      "\"gate\":{\"type\":\"string\"},\"refuse\":{\"type\":\"boolean\"},\"token\":{\"type\":\"string\","
      "\"minLength\":40,\"writeOnly\":true}}}");
#ifdef BLOCKING
  plugin->thread_model = HERALD_THREADS_BLOCKING;
  plugin->max_batch = 0;
  plugin->max_in_flight = 3;
#endif
  plugin->create = create;
  plugin->configure = configure;
  plugin->start = start;
  plugin->submit = submit;
  plugin->drain = drain;
  plugin->stop = stop;
  plugin->destroy = destroy;
  plugin->extension = extension;
  return HERALD_OK;
}
