/*
 * A provider whose carrier calls back: does with each webhook what its path says. Logs what its emits came to.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "well_behaved.h"

typedef struct carrier {
  const herald_host* host;
  const herald_inbound* inbound;
  char gate[512];
  const herald_webhook_exchange* kept;
  herald_webhook_exchange copied;
} carrier;

static void say(carrier* self, const char* what, int32_t result) {
  char text[128];
  snprintf(text, sizeof text, "%s %d", what, (int)result);
  self->host->log(self->host->context, HERALD_LOG_INFO, str_of(text));
}

static herald_inbound_message message_of(const char* body) {
  herald_inbound_message message;
  memset(&message, 0, sizeof message);
  message.struct_size = sizeof message;
  message.timestamp_unix_ms = INT64_MIN;
  message.provider_message_id = str_of("carrier-in-1");
  message.channel = str_of("email");
  message.from = str_of("a@example.org");
  message.to = str_of("b@example.org");
  message.body = str_of(body);
  return message;
}

static herald_receipt receipt_of(const char* id) {
  herald_receipt receipt;
  memset(&receipt, 0, sizeof receipt);
  receipt.struct_size = sizeof receipt;
  receipt.status = HERALD_RECEIPT_FAILED;
  receipt.provider_message_id = str_of(id);
  receipt.error_code = str_of("absent");
  return receipt;
}

static int32_t respond(const herald_webhook_exchange* exchange, uint32_t status, herald_str body) {
  herald_webhook_response response;
  memset(&response, 0, sizeof response);
  response.struct_size = sizeof response;
  response.status = status;
  response.content_type = str_of("text/plain");
  response.body = body;
  return exchange->respond(exchange->context, &response);
}

static int32_t emit_message(const herald_webhook_exchange* exchange, const char* body) {
  const herald_inbound_message message = message_of(body);
  return exchange->emit_message(exchange->context, &message);
}

static int32_t emit_receipt(const herald_webhook_exchange* exchange, const char* id) {
  const herald_receipt receipt = receipt_of(id);
  return exchange->emit_receipt(exchange->context, &receipt);
}

static void emitted(void* user, int32_t result) {
  say((carrier*)user, "emitted", result);
}

static int32_t emit(carrier* self, const char* body) {
  const herald_inbound_message message = message_of(body);
  return self->inbound->emit(self->inbound->context, &message, 1, NULL, 0, emitted, self);
}

static herald_instance create(const herald_host* host) {
  carrier* self = (carrier*)calloc(1, sizeof *self);
  if (self == NULL) return NULL;
  self->host = host;
  self->inbound = (const herald_inbound*)host->extension(host->context, str_of(HERALD_EXT_INBOUND));
  say(self, "unknown extension", host->extension(host->context, str_of("herald.pigeon/1")) != NULL);
  say(self, "emit in create", emit(self, "early"));
  return self;
}

static int32_t configure(herald_instance instance, herald_str json, herald_str* error) {
  char text[1024] = {0};
  (void)error;
  snprintf(text, sizeof text, "%.*s", (int)json.size, json.data);
  const char* begin = strstr(text, "\"gate\":\"");
  if (begin != NULL) (void)sscanf(begin + strlen("\"gate\":\""), "%511[^\"]", ((carrier*)instance)->gate);
  return HERALD_OK;
}

static int32_t start(herald_instance instance) {
  say((carrier*)instance, "emit in start", emit((carrier*)instance, "early"));
  return HERALD_OK;
}

static void stop(herald_instance instance) {
  say((carrier*)instance, "emit in stop", emit((carrier*)instance, "late"));
}

static void destroy(herald_instance instance) {
  free(instance);
}

static void wait_for_the_gate(carrier* self) {
  while (access(self->gate, F_OK) != 0)
    usleep(1000);  // tidy: sleeps because a plugin in C has nothing of the host's to wait on
}

static void emit_rubbish(carrier* self, const herald_webhook_exchange* exchange) {
  herald_inbound_message message = message_of("rubbish");
  message.struct_size = 8;
  say(self, "short", exchange->emit_message(exchange->context, &message));
  message = message_of("rubbish");
  message.channel = str_of("pigeon");
  say(self, "channel", exchange->emit_message(exchange->context, &message));
  message = message_of("\xFF\xFE");
  say(self, "text", exchange->emit_message(exchange->context, &message));
  message = message_of("rubbish");
  message.body.data = NULL;
  say(self, "null", exchange->emit_message(exchange->context, &message));
  say(self, "nothing", exchange->emit_receipt(exchange->context, NULL));
}

static void use_what_was_kept(carrier* self) {
  say(self, "kept", emit_message(self->kept, "late"));
  say(self, "copied", emit_receipt(&self->copied, "late"));
  say(self, "respond", respond(self->kept, 200, str_of("late")));
}

static int equal(herald_str text, const char* expected) {
  return text.size == strlen(expected) && memcmp(text.data, expected, text.size) == 0;
}

static int is(const herald_webhook_request* request, const char* path) {
  return equal(request->path, path);
}

static int32_t handle(herald_instance instance, const herald_webhook_request* request,
                      const herald_webhook_exchange* exchange) {
  carrier* self = (carrier*)instance;
  if (is(request, "/echo")) return respond(exchange, 200, request->body);
  if (is(request, "/emit")) {
    emit_message(exchange, "hello");
    emit_receipt(exchange, "carrier-out-1");
    return respond(exchange, 201, str_of("taken"));
  }
  if (is(request, "/fail") || equal(request->query, "fail")) {
    emit_message(exchange, "dropped");
    respond(exchange, 200, str_of("never seen"));
    return HERALD_E_UNAVAILABLE;
  }
  if (is(request, "/rubbish")) emit_rubbish(self, exchange);
  if (is(request, "/hang")) {
    say(self, "hanging", 0);
    wait_for_the_gate(self);
    say(self, "after the hang", emit_message(exchange, "late"));
  }
  if (is(request, "/twice")) {
    respond(exchange, 200, str_of("first"));
    respond(exchange, 202, str_of("second"));
  }
  if (is(request, "/99")) say(self, "99", respond(exchange, 99, str_of("")));
  if (is(request, "/keep")) {
    self->kept = exchange;
    self->copied = *exchange;
  }
  if (is(request, "/late")) use_what_was_kept(self);
  if (is(request, "/spontaneous")) say(self, "emit", emit(self, "spontaneous"));
  return HERALD_OK;
}

static const void* extension(herald_str id) {
  static const herald_webhook webhook = {sizeof webhook, HERALD_WEBHOOK_RECEIPTS, handle};
  return id.size == strlen(HERALD_EXT_WEBHOOK) && memcmp(id.data, HERALD_EXT_WEBHOOK, id.size) == 0 ? &webhook : NULL;
}

int32_t herald_plugin_entry(herald_plugin* plugin) {
  describe_well(plugin);
  plugin->create = create;
  plugin->configure = configure;
  plugin->start = start;
  plugin->stop = stop;
  plugin->destroy = destroy;
  plugin->extension = extension;
  return HERALD_OK;
}
