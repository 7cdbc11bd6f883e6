/* The inbound contract, included before abi.h; its layout on 64-bit machines is part of the contract. */
#include <herald/abi_inbound.h>

#ifdef __cplusplus
#define HERALD_CHECK(condition, text) static_assert(condition, text)
#else
#define HERALD_CHECK(condition, text) _Static_assert(condition, text)
#endif

HERALD_CHECK(HERALD_ABI_MAJOR == 1 && HERALD_ABI_MINOR >= 1, "abi.h is whole, and has the inbound side");
HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_inbound_message) == 120, "herald_inbound_message");
HERALD_CHECK(sizeof(void*) != 8 || offsetof(herald_inbound_message, provider_message_id) == 16, "its id");
HERALD_CHECK(sizeof(void*) != 8 || offsetof(herald_inbound_message, attachments) == 112, "its attachments");
HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_receipt) == 40, "herald_receipt");
HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_header) == 32, "herald_header");
HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_webhook_request) == 120, "herald_webhook_request");
HERALD_CHECK(sizeof(void*) != 8 || offsetof(herald_webhook_request, headers) == 112, "its headers");
HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_webhook_response) == 40, "herald_webhook_response");
HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_webhook_exchange) == 40, "herald_webhook_exchange");
HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_webhook) == 16, "herald_webhook");
HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_inbound) == 24, "herald_inbound");
