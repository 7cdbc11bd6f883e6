/* A provider that completes each message in the wrong way that its body names. */
#include <pthread.h>
#include <stdlib.h>

#include "well_behaved.h"

typedef struct rubbish {
  herald_completion completion;
  uint64_t kept; /* completed when the instance stops; 0: nothing */
  uint64_t again;
  pthread_t thread;
  int has_thread;
} rubbish;

static herald_outcome success(void) {
  herald_outcome outcome;
  memset(&outcome, 0, sizeof outcome);
  outcome.struct_size = sizeof outcome;
  outcome.code = HERALD_OUTCOME_SUCCESS;
  outcome.provider_message_id = str_of("rubbish-1");
  return outcome;
}

static void* complete_again(void* argument) {
  rubbish* self = (rubbish*)argument;
  const herald_outcome outcome = success();
  self->completion.complete(self->completion.context, self->again, &outcome);
  return NULL;
}

static int is(const herald_message* message, const char* word) {
  return message->body.size == strlen(word) && memcmp(message->body.data, word, message->body.size) == 0;
}

static herald_str long_text(void) {
  static char text[4096];
  memset(text, 'x', sizeof text);
  herald_str out = {text, sizeof text};
  return out;
}

/* Spoils what is well-formed, as the body says. */
static void spoil(herald_outcome* outcome, const herald_message* message) {
  if (is(message, "no size")) outcome->struct_size = 0;
  if (is(message, "a size below the code")) outcome->struct_size = 7;
  if (is(message, "a huge size")) outcome->struct_size = UINT32_MAX;
  if (is(message, "no code")) outcome->code = 0;
  if (is(message, "code 77")) outcome->code = 77;
  if (is(message, "4 GiB of nothing")) {
    outcome->provider_message_id.data = NULL;
    outcome->provider_message_id.size = UINT64_C(1) << 32;
    outcome->error_code = outcome->encoding = outcome->provider_message_id;
  }
  if (is(message, "no UTF-8")) {
    outcome->code = HERALD_OUTCOME_REJECTED;
    outcome->provider_message_id = str_of("a\xFE\x80z");
    outcome->error_code = str_of("\xFF\xFF");
  }
  if (is(message, "long texts")) outcome->provider_message_id = outcome->encoding = long_text();
  if (is(message, "an endless pause")) {
    outcome->code = HERALD_OUTCOME_RATE_LIMITED;
    outcome->retry_after_ms = UINT64_MAX;
  }
}

static void follow(rubbish* self, const herald_message* message, const herald_completion* completion) {
  const uint64_t item = message->item;
  herald_outcome outcome = success();
  if (is(message, "no outcome")) {
    completion->complete(completion->context, item, NULL);
    return;
  }
  if (is(message, "after stop")) {
    self->completion = *completion;
    self->kept = item;
    return;
  }
  const int twice = is(message, "twice, the second from a thread");
  spoil(&outcome, message);
  completion->complete(completion->context, item, &outcome); /* the message is the host's from here */
  if (!twice) return;
  self->completion = *completion;
  self->again = item;
  self->has_thread = pthread_create(&self->thread, NULL, complete_again, self) == 0;
}

static herald_instance create(const herald_host* host) {
  (void)host;
  return calloc(1, sizeof(rubbish));
}

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  const uint32_t count = batch->count; /* the batch may be gone once its last message is completed */
  for (uint32_t i = 0; i < count; ++i)
    follow((rubbish*)instance, herald_batch_at(batch, i), completion);
  return HERALD_OK;
}

static void stop(herald_instance instance) {
  rubbish* self = (rubbish*)instance;
  if (self->has_thread) pthread_join(self->thread, NULL);
}

/* Breaks the rule that nothing is completed after stop. */
static void destroy(herald_instance instance) {
  rubbish* self = (rubbish*)instance;
  const herald_outcome outcome = success();
  if (self->kept != 0) self->completion.complete(self->completion.context, self->kept, &outcome);
  free(self);
}

int32_t herald_plugin_entry(herald_plugin* plugin) {
  describe_well(plugin);
  plugin->create = create;
  plugin->submit = submit;
  plugin->stop = stop;
  plugin->destroy = destroy;
  return HERALD_OK;
}
