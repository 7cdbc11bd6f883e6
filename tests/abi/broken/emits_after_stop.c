/* Hands over a receipt when it has stopped: the thread that does so is joined in destroy alone. */
#include "provider.h"

typedef struct late {
  provider base; /* first, so that the functions of provider.h take it */
  pthread_t thread;
  int running;
} late;

static herald_instance create(const herald_host* host) {
  late* self = (late*)calloc(1, sizeof *self);
  if (self == NULL) return NULL;
  self->base.host = host;
  pthread_mutex_init(&self->base.mutex, NULL);
  return self;
}

static void* emit(void* argument) {
  late* self = (late*)argument;
  const herald_host* host = self->base.host;
  const herald_inbound* inbound = (const herald_inbound*)host->extension(host->context, str_of(HERALD_EXT_INBOUND));
  usleep(20000); /* tidy: sleeps because that is how late it is */
  if (inbound == NULL) return NULL;
  herald_receipt receipt;
  memset(&receipt, 0, sizeof receipt);
  receipt.struct_size = sizeof receipt;
  receipt.status = HERALD_RECEIPT_DELIVERED;
  receipt.provider_message_id = str_of("broken-1");
  inbound->emit(inbound->context, NULL, 0, &receipt, 1, NULL, NULL);
  return NULL;
}

static void stop(herald_instance instance) {
  late* self = (late*)instance;
  if (state_of(&self->base) == RUNNING) self->running = pthread_create(&self->thread, NULL, emit, self) == 0;
  good_stop(instance);
}

static void destroy(herald_instance instance) {
  late* self = (late*)instance;
  if (self->running) pthread_join(self->thread, NULL);
  good_destroy(instance);
}

PROVIDER("emits-after-stop", plugin.create = create; plugin.stop = stop; plugin.destroy = destroy);
