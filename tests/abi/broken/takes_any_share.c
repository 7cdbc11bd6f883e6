/* Fails on demand, and adds percentages without a look at their sum. */
#include "provider.h"

static uint32_t shares[3];
static uint64_t first; /* ordinal since they were set */
static int has_first;

static int32_t set(herald_instance instance, const herald_fault_profile* profile) {
  pthread_mutex_t* mutex = &((provider*)instance)->mutex;
  pthread_mutex_lock(mutex);
  shares[0] = profile->timeout_pct;
  shares[1] = profile->error_pct;
  shares[2] = profile->ratelimit_pct;
  has_first = 0;
  pthread_mutex_unlock(mutex);
  return HERALD_OK;
}

static uint32_t drawn(herald_instance instance, uint64_t ordinal) {
  pthread_mutex_t* mutex = &((provider*)instance)->mutex;
  pthread_mutex_lock(mutex);
  if (!has_first) first = ordinal;
  has_first = 1;
  const uint32_t draw = (uint32_t)((ordinal - first) % 100);
  uint32_t code = HERALD_OUTCOME_SUCCESS;
  if (draw < shares[0])
    code = HERALD_OUTCOME_TIMEOUT;
  else if (draw < shares[0] + shares[1])
    code = HERALD_OUTCOME_ERROR;
  else if (draw < shares[0] + shares[1] + shares[2])
    code = HERALD_OUTCOME_RATE_LIMITED;
  pthread_mutex_unlock(mutex);
  return code;
}

static int32_t submit(herald_instance instance, const herald_batch* batch, const herald_completion* completion) {
  const int32_t result = look_at(instance, batch);
  const uint32_t count = result == HERALD_OK ? batch->count : 0;
  for (uint32_t i = 0; i < count; ++i) {
    herald_outcome outcome = success();
    outcome.code = drawn(instance, herald_batch_at(batch, i)->ordinal);
    completion->complete(completion->context, herald_batch_at(batch, i)->item, &outcome);
  }
  return result;
}

static const void* extension(herald_str id) {
  static const herald_faults faults = {sizeof faults, 0, set};
  return is_id(id, HERALD_EXT_FAULTS) ? (const void*)&faults : NULL;
}

PROVIDER("takes-any-share", plugin.submit = submit; plugin.extension = extension);
