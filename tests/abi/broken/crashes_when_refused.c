/* Emits in start, which is too early, and takes HERALD_OK for granted. */
#include "provider.h"

static int32_t start(herald_instance instance) {
  provider* self = (provider*)instance;
  const int32_t result = good_start(instance);
  const herald_inbound* inbound =
      (const herald_inbound*)self->host->extension(self->host->context, str_of(HERALD_EXT_INBOUND));
  if (result != HERALD_OK || inbound == NULL) return result;
  herald_receipt receipt;
  memset(&receipt, 0, sizeof receipt);
  receipt.struct_size = sizeof receipt;
  receipt.status = HERALD_RECEIPT_DELIVERED;
  receipt.provider_message_id = str_of("broken-1");
  if (inbound->emit(inbound->context, NULL, 0, &receipt, 1, NULL, NULL) != HERALD_OK) abort();
  return result;
}

PROVIDER("crashes-when-refused", plugin.start = start);
