/*
 * The inbound side of the plugin ABI, since 1.1: what a carrier tells its provider. Included by abi.h; C11.
 *
 * A carrier speaks to a provider in two ways. It calls a webhook: the host hands the raw request to the plugin, which
 * answers it and says what it brought (HERALD_EXT_WEBHOOK, the plugin's). Or the plugin learns of something by itself,
 * over a connection of its own, and tells the host (HERALD_EXT_INBOUND, the host's). Either way what is brought is a
 * message from a person or a receipt for a message that was sent, and it is confirmed only when it is on disk.
 */
#ifndef HERALD_ABI_INBOUND_H
#define HERALD_ABI_INBOUND_H

#include <stdint.h>

/* NOLINTBEGIN(readability-identifier-naming,modernize-*): the names and forms of a C contract. */

#ifdef __cplusplus
extern "C" {
#endif

/* ---- What a carrier brings --------------------------------------------------------------------------------------- */

/*
 * A message from a person. Owned by the plugin; copied by the host before the call returns. Texts are UTF-8: a body of
 * at most 16 MiB, an id of at most 1 KiB, every other of at most 8 KiB; at most 100 attachments.
 */
typedef struct herald_inbound_message {
  uint32_t struct_size;
  uint32_t attachment_count;
  int64_t timestamp_unix_ms; /* the carrier's time of the message; INT64_MIN: unknown, the time of receipt counts */
  herald_str provider_message_id; /* the carrier's id: the same one twice is one message; empty: never the same */
  herald_str channel;             /* "sms", "mms" or "email" */
  herald_str from;                /* as the carrier writes them */
  herald_str to;
  herald_str subject;            /* data is NULL when there is none */
  herald_str body;               /* kept byte for byte */
  const herald_str* attachments; /* http or https URLs */
} herald_inbound_message;

#define HERALD_RECEIPT_DELIVERED UINT32_C(1) /* it reached the recipient */
#define HERALD_RECEIPT_FAILED UINT32_C(2)    /* it will not reach the recipient: final */

/*
 * What became of a message that the provider took. The first final receipt of a message counts; one that comes before
 * the outcome of its dispatch waits for it. Owned by the plugin; copied by the host before the call returns.
 */
typedef struct herald_receipt {
  uint32_t struct_size;
  uint32_t status;                /* HERALD_RECEIPT_* */
  herald_str provider_message_id; /* as in herald_outcome; not empty */
  herald_str error_code;          /* of a failure, short and stable; at most 64 bytes are kept */
} herald_receipt;

/* ---- Extension of the plugin: webhook ---------------------------------------------------------------------------- */

#define HERALD_EXT_WEBHOOK "herald.webhook/1"

typedef struct herald_header {
  herald_str name; /* as the carrier sent it; compare without case */
  herald_str value;
} herald_header;

/* A carrier's request, whatever it is. Owned by the host; valid until `handle` returns. */
typedef struct herald_webhook_request {
  uint32_t struct_size;
  uint32_t header_count;
  int64_t deadline_ns; /* on herald_host.monotonic_ns's clock; a later answer is not sent any more */
  herald_str method;   /* "GET", "POST", ... */
  herald_str path;     /* behind ".../webhook": empty or begins with "/"; percent-encoded as it came */
  herald_str query;    /* without "?"; percent-encoded as it came */
  herald_str body;     /* raw bytes, of any type */
  herald_str remote_address;
  herald_str request_id;        /* for logs */
  const herald_header* headers; /* in the order in which they came */
} herald_webhook_request;

/* The answer to the carrier. Owned by the plugin; copied by the host before `respond` returns. */
typedef struct herald_webhook_response {
  uint32_t struct_size;
  uint32_t status;         /* 200-599 */
  herald_str content_type; /* empty: none; printable ASCII, at most 255 bytes */
  herald_str body;         /* of any type, at most 16 MiB; empty with 204, 205 and 304 */
} herald_webhook_response;

/*
 * The host's side of one request; valid until `handle` returns, on any one thread at a time. What is emitted is
 * gathered and stored as a whole when `handle` has returned HERALD_OK; then the response goes out. When it cannot be
 * stored, the carrier gets 503 in its place, so that it tries again. Afterwards every function returns HERALD_E_STATE.
 */
typedef struct herald_webhook_exchange {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  void* context;     /* first argument of every function below */
  /* HERALD_OK; HERALD_E_INVALID when the struct or a text in it is malformed; HERALD_E_UNAVAILABLE beyond 1,000. */
  int32_t (*emit_message)(void* context, const herald_inbound_message* message);
  int32_t (*emit_receipt)(void* context, const herald_receipt* receipt);
  /* The answer; the last valid call counts. HERALD_E_INVALID for what breaks the bounds above. Without one: 204. */
  int32_t (*respond)(void* context, const herald_webhook_response* response);
} herald_webhook_exchange;

/* Offered by providers whose carrier calls back. */
typedef struct herald_webhook {
  uint32_t struct_size;
  uint32_t flags; /* HERALD_WEBHOOK_RECEIPTS or 0 */
  /*
   * Handles one request. May block until the request's deadline; called from up to four threads at once, between start
   * and stop, also while submits run. Any other result than HERALD_OK discards what was emitted, and the carrier gets
   * 500; authenticate the carrier here, and answer 401 or 403 with HERALD_OK. A call that comes back after its deadline
   * has been answered 503 in its stead, and what it emitted is discarded. A provider that an operator has disabled is
   * still called.
   */
  int32_t (*handle)(herald_instance instance, const herald_webhook_request* request,
                    const herald_webhook_exchange* exchange);
} herald_webhook;

/* The carrier sends receipts: the host keeps the provider's message ids to find messages by. */
#define HERALD_WEBHOOK_RECEIPTS UINT32_C(1)

/* ---- Extension of the host: inbound ------------------------------------------------------------------------------ */

#define HERALD_EXT_INBOUND "herald.inbound/1"

/*
 * Called once, and before stop is called: `result` is HERALD_OK when everything is on disk. On a thread of the host's
 * that calls nothing else of this instance, one emit after another; must not block.
 */
typedef void (*herald_emitted_fn)(void* user, int32_t result);

typedef struct herald_inbound {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  void* context;     /* first argument of the function below */
  /*
   * Hands over what a carrier brought outside a webhook; all of it is stored, or nothing. `messages` and `receipts` may
   * be NULL when their count is 0; together they are at most 1,000. Within an array every struct_size is the same, and
   * is the distance from one element to the next. After HERALD_OK `done` is called once, also before this call returns,
   * with HERALD_E_INVALID when a message breaks the host's rules and HERALD_E_UNAVAILABLE when it could not be stored
   * or was not by the time of stop (try again; after a restart then: it may be there, and the same provider_message_id
   * is one message). Any other result means that `done` is not called: HERALD_E_STATE before start has returned and
   * once stop is due, HERALD_E_INVALID for malformed structs, HERALD_E_UNAVAILABLE when 1,024 emits wait. Any thread;
   * returns at once. `done` may be NULL.
   */
  int32_t (*emit)(void* context, const herald_inbound_message* messages, uint32_t message_count,
                  const herald_receipt* receipts, uint32_t receipt_count, herald_emitted_fn done, void* user);
} herald_inbound;

#ifdef __cplusplus
}
#endif

/* NOLINTEND(readability-identifier-naming,modernize-*) */

#endif /* HERALD_ABI_INBOUND_H */
