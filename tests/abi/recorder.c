/*
 * Writes a line "VERSION TOKEN ATTEMPT UNIX_US" for every message that it sends to the file that the environment
 * variable RECORDER_FILE names, so that a test sees which version sent what, when, and how often. Answers webhooks with
 * its version. The body or path "slow" takes a while, the body "fail" fails. The version can be changed in the built
 * file: it stands there once, as "100.0.0".
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "well_behaved.h"

/* Longer than a stop that does not wait for what is under way would give it. */
#define SLOW_MS 2000

static const char kVersion[] = "100.0.0";

static void pause_for(unsigned milliseconds) {
  usleep(1000 * milliseconds);  // tidy: sleeps because it plays a carrier that takes its time
}

/* Not inlined: the text stays in one place. */
__attribute__((noinline)) static const char* own_version(void) {
  const char* volatile text = kVersion;
  return text;
}

static int is(herald_str text, const char* word) {
  return text.size == strlen(word) && memcmp(text.data, word, text.size) == 0;
}

/* One write of a short line to a file that is open for appending is not torn. */
static void record(const herald_message* message) {
  char line[256];
  const char* path = getenv("RECORDER_FILE");
  if (path == NULL) return;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  const long long now_us = (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
  const int length = snprintf(line, sizeof line, "%s %.*s %u %lld\n", own_version(), (int)message->dispatch_token.size,
                              message->dispatch_token.data, message->attempt, now_us);
  const int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return;
  if (write(file, line, (size_t)length) != length) abort(); /* a test that miscounts is worse than a dead host */
  close(file);
}

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  (void)instance;
  const herald_message* message = herald_batch_at(batch, 0);
  const int fails = is(message->body, "fail");
  herald_outcome outcome;
  memset(&outcome, 0, sizeof outcome);
  outcome.struct_size = sizeof outcome;
  outcome.code = fails ? HERALD_OUTCOME_ERROR : HERALD_OUTCOME_SUCCESS;
  outcome.provider_message_id = message->dispatch_token;
  if (!fails) record(message);
  pause_for(is(message->body, "slow") ? SLOW_MS : 2);
  completion->complete(completion->context, message->item, &outcome);
  return HERALD_OK;
}

static int32_t handle(herald_instance instance, const herald_webhook_request* request,
                      const herald_webhook_exchange* exchange) {
  (void)instance;
  if (is(request->path, "/slow")) pause_for(SLOW_MS);
  herald_webhook_response response;
  memset(&response, 0, sizeof response);
  response.struct_size = sizeof response;
  response.status = 200;
  response.content_type = str_of("text/plain");
  response.body = str_of(own_version());
  return exchange->respond(exchange->context, &response);
}

static int32_t start(herald_instance instance) {
  (void)instance;
#ifdef REFUSES_START
  return HERALD_E_UNAVAILABLE;
#endif
#ifdef WAITS_IN_START
  while (getenv("RECORDER_GATE") != NULL && access(getenv("RECORDER_GATE"), F_OK) != 0)
    pause_for(5);
#endif
#ifdef HANGS_IN_START
  for (;;)
    pause_for(1000);
#endif
  return HERALD_OK;
}

static void stop(herald_instance instance) {
  (void)instance;
#ifdef HANGS_IN_STOP
  for (;;)
    pause_for(1000);
#endif
}

static const void* extension(herald_str id) {
  static const herald_webhook webhook = {sizeof webhook, 0, handle};
  return is(id, HERALD_EXT_WEBHOOK) ? &webhook : NULL;
}

int32_t herald_plugin_entry(herald_plugin* plugin) {
  describe_well(plugin);
  plugin->version = str_of(own_version());
#if defined NEEDS_KEY
  plugin->config_schema = str_of(
      "{\"type\":\"object\",\"required\":[\"key\"],\"additionalProperties\":false,"
      "\"properties\":{\"key\":{\"type\":\"string\",\"writeOnly\":true}}}");
#elif defined TAKES_NOTE_ALONE
  plugin->config_schema =
      str_of("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"note\":{\"type\":\"string\"}}}");
#elif defined NEEDS_NOTE
  plugin->config_schema =
      str_of("{\"type\":\"object\",\"required\":[\"note\"],\"properties\":{\"note\":{\"type\":\"string\"}}}");
#else
  plugin->config_schema = str_of("{\"type\":\"object\",\"properties\":{\"note\":{\"type\":\"string\"}}}");
#endif
#ifdef TAKES_SMS_TOO
  static herald_str channels[2];
  channels[0] = str_of("email");
  channels[1] = str_of("sms");
  plugin->channels = channels;
#endif
  plugin->thread_model = HERALD_THREADS_BLOCKING;
  plugin->max_batch = 0;
  plugin->max_in_flight = 16;
  plugin->submit = submit;
  plugin->start = start;
  plugin->stop = stop;
  plugin->extension = extension;
  return HERALD_OK;
}
