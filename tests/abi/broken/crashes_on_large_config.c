/* Copies its configuration to the stack of a thread that has little of it. */
#include "provider.h"

static void* copy(void* argument) {
  const herald_str* json = (const herald_str*)argument;
  volatile char copied[json->size + 1];
  copied[0] = 0;
  for (uint64_t i = 0; i < json->size; ++i)
    copied[i] = json->data[i];
  return copied[0] == '{' ? argument : NULL;
}

static int32_t configure(herald_instance instance, herald_str json, herald_str* error) {
  pthread_attr_t small;
  pthread_t thread;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, (size_t)512 * 1024);
  const int32_t made = pthread_create(&thread, &small, copy, &json);
  pthread_attr_destroy(&small);
  if (made != 0) return HERALD_E_UNAVAILABLE;
  pthread_join(thread, NULL);
  return good_configure(instance, json, error);
}

PROVIDER("crashes-on-large-config", plugin.configure = configure);
