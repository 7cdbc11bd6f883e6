/*
 * provider.h with a thread for each batch of several messages, which completes them later; single ones at once. Set
 * before it is included:
 *   HOLD_UNTIL     when, on the host's clock, by `now` and `deadline`, in nanoseconds
 *   DRAIN_UNTIL    until when drain waits for what is out, by `deadline_ns`
 *   STOP_WAITS     whether stop waits for the threads, which then complete nothing any more
 */
#ifndef HERALD_TESTS_BROKEN_HOLDING_H
#define HERALD_TESTS_BROKEN_HOLDING_H

#include "provider.h"

#define MOST_HELD 64

typedef struct held {
  provider* self;
  const herald_completion* completion;
  int64_t until;
  uint32_t count;
  uint64_t items[MOST_HELD];
} held;

static inline int64_t now_of(provider* self) {
  return self->host->monotonic_ns(self->host->context);
}

static inline void pause_briefly(void) {
  usleep(1000); /* tidy: sleeps because a plugin in C has nothing of the host's to wait on */
}

static inline int out_of(provider* self) {
  pthread_mutex_lock(&self->mutex);
  const int out = self->out;
  pthread_mutex_unlock(&self->mutex);
  return out;
}

static inline void* complete_later(void* argument) {
  held* batch = (held*)argument;
  provider* self = batch->self;
  while (now_of(self) < batch->until && !(STOP_WAITS && state_of(self) == STOPPED))
    pause_briefly();
  const int given_up = STOP_WAITS && state_of(self) == STOPPED;
  for (uint32_t i = 0; !given_up && i < batch->count; ++i)
    complete(batch->completion, batch->items[i]);
  free(batch);
  pthread_mutex_lock(&self->mutex);
  --self->out;
  pthread_mutex_unlock(&self->mutex);
  return NULL;
}

static inline int32_t hold_submit(herald_instance instance, const herald_batch* batch,
                                  const herald_completion* completion) {
  provider* self = (provider*)instance;
  const int32_t result = look_at(instance, batch);
  if (result != HERALD_OK || batch->count == 1) return good_submit(instance, batch, completion);
  if (batch->count > MOST_HELD) return HERALD_E_INVALID;
  held* later = (held*)calloc(1, sizeof *later);
  if (later == NULL) return HERALD_E_UNAVAILABLE;
  const int64_t now = now_of(self);
  const int64_t deadline = herald_batch_at(batch, 0)->deadline_ns;
  later->self = self;
  later->completion = completion;
  later->until = (HOLD_UNTIL);
  (void)now, (void)deadline;
  later->count = batch->count;
  for (uint32_t i = 0; i < later->count; ++i)
    later->items[i] = herald_batch_at(batch, i)->item;
  pthread_mutex_lock(&self->mutex);
  ++self->out;
  pthread_mutex_unlock(&self->mutex);
  pthread_t thread;
  if (pthread_create(&thread, NULL, complete_later, later) != 0) abort();
  pthread_detach(thread); /* what it touches lives until `out` is zero again */
  return HERALD_OK;
}

static inline int32_t hold_drain(herald_instance instance, int64_t deadline_ns) {
  provider* self = (provider*)instance;
  (void)deadline_ns;
  if (state_of(self) != RUNNING) return HERALD_E_STATE;
  while (out_of(self) > 0 && now_of(self) < (DRAIN_UNTIL))
    pause_briefly();
  return HERALD_OK;
}

static inline void wait_for_all(provider* self) {
  while (out_of(self) > 0)
    pause_briefly();
}

static inline void hold_stop(herald_instance instance) {
  enter((provider*)instance, STOPPED);
  if (STOP_WAITS) wait_for_all((provider*)instance);
}

static inline void hold_destroy(herald_instance instance) {
  enter((provider*)instance, STOPPED);
  wait_for_all((provider*)instance);
  good_destroy(instance);
}

#define HOLDING(name)                                                                             \
  PROVIDER(name, plugin.submit = hold_submit; plugin.drain = hold_drain; plugin.stop = hold_stop; \
           plugin.destroy = hold_destroy)

#endif
