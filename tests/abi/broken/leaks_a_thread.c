/* Lets its thread run on when stop has returned, and joins it in destroy. */
#include "provider.h"

typedef struct threaded {
  provider base; /* first, so that the functions of provider.h take it */
  pthread_t thread;
  int started;
  int ending; /* guarded by base.mutex */
} threaded;

static herald_instance create(const herald_host* host) {
  threaded* self = (threaded*)calloc(1, sizeof *self);
  if (self == NULL) return NULL;
  self->base.host = host;
  pthread_mutex_init(&self->base.mutex, NULL);
  return self;
}

static void* idle(void* argument) {
  threaded* self = (threaded*)argument;
  for (;;) {
    pthread_mutex_lock(&self->base.mutex);
    const int ending = self->ending;
    pthread_mutex_unlock(&self->base.mutex);
    if (ending) return NULL;
    usleep(1000); /* tidy: sleeps because a plugin in C has nothing of the host's to wait on */
  }
}

static int32_t start(herald_instance instance) {
  threaded* self = (threaded*)instance;
  const int32_t result = good_start(instance);
  if (result == HERALD_OK) self->started = pthread_create(&self->thread, NULL, idle, self) == 0;
  return result;
}

static void destroy(herald_instance instance) {
  threaded* self = (threaded*)instance;
  pthread_mutex_lock(&self->base.mutex);
  self->ending = 1;
  pthread_mutex_unlock(&self->base.mutex);
  if (self->started) pthread_join(self->thread, NULL);
  good_destroy(instance);
}

PROVIDER("leaks-a-thread", plugin.create = create; plugin.start = start; plugin.destroy = destroy);
