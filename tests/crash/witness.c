/*
 * A provider that writes down every message that it sees before it does anything else, and then does what the message's
 * own body tells it to: so the crash harness knows what was handed over, in which life of the host, and what must have
 * become of it. A body begins "FATE TAG "; WITNESS_FILE gets a line "LIFE TAG TOKEN ATTEMPT UNIX_US" for each call,
 * LIFE being what the environment variable WITNESS_LIFE says.
 *
 * Fates: "ok"; "slow" takes a while; "reject"; "error:N", "limit:N" and "silent:N" do so in the first N attempts and
 * succeed afterwards. The outcome hangs on the attempt alone, so a message that is sent again meets the same one.
 * The provider's own id of a message is its TAG; a webhook whose body is a TAG brings the receipt for it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "well_behaved.h"

#define SLOW_MS 40

/* The word at the beginning of a text, and what follows behind one space. */
static herald_str first_word(herald_str text, herald_str* rest) {
  herald_str word = {text.data, 0};
  while (word.size < text.size && word.data[word.size] != ' ')
    ++word.size;
  const uint64_t skipped = word.size < text.size ? word.size + 1 : word.size;
  rest->data = text.data + skipped;
  rest->size = text.size - skipped;
  return word;
}

static int is(herald_str text, const char* word) {
  return text.size == strlen(word) && memcmp(text.data, word, text.size) == 0;
}

/* The N of "KIND:N" when the fate is of this kind, else 0. */
static unsigned times_of(herald_str fate, const char* kind) {
  const size_t length = strlen(kind);
  if (fate.size <= length + 1 || memcmp(fate.data, kind, length) != 0 || fate.data[length] != ':') return 0;
  unsigned times = 0;
  for (uint64_t i = length + 1; i < fate.size; ++i)
    times = 10 * times + (unsigned)(fate.data[i] - '0');
  return times;
}

/* One write of a short line to a file that is open for appending is not torn, and outlives a kill of the process. */
static void record(const herald_message* message, herald_str tag) {
  char line[256];
  /* NOLINTBEGIN(concurrency-mt-unsafe): the host does not change its environment */
  const char* path = getenv("WITNESS_FILE");
  const char* life = getenv("WITNESS_LIFE");
  /* NOLINTEND(concurrency-mt-unsafe) */
  if (path == NULL || life == NULL) abort(); /* a harness that sees nothing finds no fault */
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  const long long now_us = (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
  const int length =
      snprintf(line, sizeof line, "%s %.*s %.*s %u %lld\n", life, (int)tag.size, tag.data,
               (int)message->dispatch_token.size, message->dispatch_token.data, message->attempt, now_us);
  const int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0 || write(file, line, (size_t)length) != length) abort();
  close(file);
}

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  (void)instance;
  const herald_message* message = herald_batch_at(batch, 0);
  herald_str rest;
  const herald_str fate = first_word(message->body, &rest);
  const herald_str tag = first_word(rest, &rest);
  record(message, tag);

  herald_outcome outcome;
  memset(&outcome, 0, sizeof outcome);
  outcome.struct_size = sizeof outcome;
  outcome.code = HERALD_OUTCOME_SUCCESS;
  if (is(fate, "reject")) outcome.code = HERALD_OUTCOME_REJECTED;
  if (message->attempt <= times_of(fate, "error")) outcome.code = HERALD_OUTCOME_ERROR;
  if (message->attempt <= times_of(fate, "limit")) outcome.code = HERALD_OUTCOME_RATE_LIMITED;
  if (outcome.code == HERALD_OUTCOME_SUCCESS) outcome.provider_message_id = tag;
  if (is(fate, "slow")) usleep(1000 * SLOW_MS);  // tidy: sleeps because it plays a carrier that takes its time
  if (message->attempt <= times_of(fate, "silent")) return HERALD_OK; /* never completed: the host gives it up */
  completion->complete(completion->context, message->item, &outcome);
  return HERALD_OK;
}

static int32_t handle(herald_instance instance, const herald_webhook_request* request,
                      const herald_webhook_exchange* exchange) {
  (void)instance;
  herald_receipt receipt;
  memset(&receipt, 0, sizeof receipt);
  receipt.struct_size = sizeof receipt;
  receipt.status = HERALD_RECEIPT_DELIVERED;
  receipt.provider_message_id = request->body;
  const int32_t emitted = exchange->emit_receipt(exchange->context, &receipt);
  if (emitted != HERALD_OK) return emitted;
  herald_webhook_response response;
  memset(&response, 0, sizeof response);
  response.struct_size = sizeof response;
  response.status = 200;
  response.content_type = str_of("text/plain");
  response.body = str_of("noted");
  return exchange->respond(exchange->context, &response);
}

static const void* extension(herald_str id) {
  static const herald_webhook webhook = {sizeof webhook, HERALD_WEBHOOK_RECEIPTS, handle};
  return is(id, HERALD_EXT_WEBHOOK) ? &webhook : NULL;
}

int32_t herald_plugin_entry(herald_plugin* plugin) {
  static herald_str channels[2];
  describe_well(plugin);
#ifdef TAKES_MAIL
  channels[0] = str_of("email");
  plugin->channel_count = 1;
#else
  channels[0] = str_of("sms");
  channels[1] = str_of("mms");
  plugin->channel_count = 2;
#endif
  plugin->channels = channels;
  plugin->description = str_of("Writes down what it sees, and does what it is told.");
  plugin->thread_model = HERALD_THREADS_BLOCKING;
  plugin->max_batch = 0;
  plugin->max_in_flight = 16;
  plugin->submit = submit;
  plugin->extension = extension;
  return HERALD_OK;
}
