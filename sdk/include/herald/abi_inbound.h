/*
 * The inbound side of the plugin ABI, since 1.1: what a carrier tells its provider. C11; part of abi.h, and either of
 * the two may be included first.
 *
 * A carrier speaks to a provider in two ways. It calls a webhook: the host hands the raw request to the plugin, which
 * answers it and says what it brought (HERALD_EXT_WEBHOOK, the plugin's). Or the plugin learns of something by itself,
 * over a connection of its own, and tells the host (HERALD_EXT_INBOUND, the host's). Either way what is brought is a
 * message from a person or a receipt for a message that was sent, and it is confirmed only when it is on disk.
 *
 * Arrays. Here a structure that stands in an array is its own stride: from one herald_inbound_message or herald_receipt
 * to the next it is the `struct_size` of the first, which all of the array have in common. herald_header never grows.
 */
#ifndef HERALD_ABI_INBOUND_H
#define HERALD_ABI_INBOUND_H

#include <stdint.h>

#include <herald/abi.h> /* first when this header is; else abi.h is complete down to the line that includes this one */

/* NOLINTBEGIN(readability-identifier-naming,modernize-*): the names and forms of a C contract. */

#ifdef __cplusplus
extern "C" {
#endif

/* ---- What a carrier brings --------------------------------------------------------------------------------------- */

/* The most messages and receipts, counted together, of one webhook and of one emit. */
#define HERALD_EMIT_MAX UINT32_C(1000)

/*
 * A message from a person. Owned by the plugin; copied by the host before the call returns.
 *
 * The host's rules, beside UTF-8 everywhere: `from` and `to` have 1 to 320 bytes and, like `subject` and the id, no
 * control characters; `body` is not blank unless something is attached; attachments are http or https URLs of at most
 * 2,048 bytes, and no more of them than the host is set to take (at most 100). No body is larger than 16 MiB, no id
 * than 1 KiB, no other text than 8 KiB.
 */
typedef struct herald_inbound_message {
  uint32_t struct_size;
  uint32_t attachment_count;
  int64_t timestamp_unix_ms; /* the carrier's time of the message; INT64_MIN: unknown, the time of receipt counts */
  /* The carrier's id, at most 255 characters: the same one twice is one message. Empty: never the same as another. */
  herald_str provider_message_id;
  herald_str channel; /* "sms", "mms" or "email" */
  herald_str from;    /* as the carrier writes them */
  herald_str to;
  herald_str subject;            /* of an email; data is NULL when there is none */
  herald_str body;               /* kept byte for byte */
  const herald_str* attachments; /* http or https URLs; NULL when attachment_count is 0 */
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
  herald_str provider_message_id; /* as in herald_outcome, of which as much is kept; not empty */
  herald_str error_code;          /* of a failure, short and stable; at most 64 bytes are kept */
} herald_receipt;

/* ---- Extension of the plugin: webhook ---------------------------------------------------------------------------- */

#define HERALD_EXT_WEBHOOK "herald.webhook/1"

/* Flag: receipts come, by webhook or by emit; the host keeps the provider's message ids to find messages by. */
#define HERALD_WEBHOOK_RECEIPTS UINT32_C(1)

typedef struct herald_header {
  herald_str name; /* as the carrier sent it; compare without case. A name may come more than once */
  herald_str value;
} herald_header;

/* A carrier's request, whatever it is. Owned by the host; valid until `handle` returns. */
typedef struct herald_webhook_request {
  uint32_t struct_size;
  uint32_t header_count;
  int64_t deadline_ns; /* on herald_host.monotonic_ns's clock; a later answer may not reach the carrier any more */
  herald_str method;   /* "GET", "POST", ... */
  herald_str path;     /* behind ".../webhook": empty or begins with "/"; percent-encoded as it came */
  herald_str query;    /* without "?"; percent-encoded as it came */
  herald_str body;     /* raw bytes, of any type */
  herald_str remote_address;
  herald_str request_id;        /* for logs */
  const herald_header* headers; /* in the order in which they came; NULL when header_count is 0 */
} herald_webhook_request;

/* The answer to the carrier. Owned by the plugin; copied by the host before `respond` returns. */
typedef struct herald_webhook_response {
  uint32_t struct_size;
  uint32_t status;         /* 200-599 */
  herald_str content_type; /* empty: none; printable ASCII, at most 255 bytes */
  herald_str body;         /* of any type, at most 16 MiB; empty with 204, 205 and 304 */
} herald_webhook_response;

/*
 * The host's side of one request; valid until `handle` returns, and used by one thread at a time. What is emitted is
 * gathered and, when `handle` has returned HERALD_OK, stored: all of it, or nothing. Only then the response goes out,
 * whatever its status. In its place the carrier gets 400 when a message breaks the host's rules, so that it does not
 * try for ever, and 503 when nothing can be stored now, so that it tries again. Afterwards every function returns
 * HERALD_E_STATE.
 */
typedef struct herald_webhook_exchange {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  void* context;     /* first argument of every function below */
  /*
   * HERALD_OK; HERALD_E_INVALID when the struct is malformed or a text in it is no UTF-8; HERALD_E_UNAVAILABLE beyond
   * HERALD_EMIT_MAX. What was refused is not gathered; the rest stays.
   */
  int32_t (*emit_message)(void* context, const herald_inbound_message* message);
  int32_t (*emit_receipt)(void* context, const herald_receipt* receipt);
  /*
   * The answer; the last valid call counts. HERALD_E_INVALID for a status outside 200-599, a content type that is
   * longer than 255 bytes or not printable ASCII, or a body with 204, 205 or 304, which have none. Without a call: 204.
   */
  int32_t (*respond)(void* context, const herald_webhook_response* response);
} herald_webhook_exchange;

/*
 * Offered by providers whose carrier calls back. One that gets its receipts another way, and hands them over by
 * HERALD_EXT_INBOUND, offers it for the flag alone, and answers every request 404.
 */
typedef struct herald_webhook {
  uint32_t struct_size;
  uint32_t flags; /* HERALD_WEBHOOK_RECEIPTS or 0 */
  /*
   * Handles one request. May block until the request's deadline; called from up to four threads at once, from the
   * return of start on, also beside configure, submit and drain; every call has returned before stop is called. Any
   * other result than HERALD_OK discards what was emitted, and the carrier gets 502; authenticate the carrier here, and
   * answer 401 or 403 with HERALD_OK. A call that comes back after its deadline has been answered 503 in its stead, and
   * what it emitted is discarded. A provider that an operator has disabled is still called.
   */
  int32_t (*handle)(herald_instance instance, const herald_webhook_request* request,
                    const herald_webhook_exchange* exchange);
} herald_webhook;

/* ---- Extension of the host: inbound ------------------------------------------------------------------------------ */

#define HERALD_EXT_INBOUND "herald.inbound/1"

/*
 * Called once for each accepted emit, before stop is called: `result` is HERALD_OK when everything is on disk. On a
 * thread of the host's that calls nothing else of this instance, one emit after another, also before emit returns; must
 * not block.
 */
typedef void (*herald_emitted_fn)(void* user, int32_t result);

typedef struct herald_inbound {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  void* context;     /* first argument of the function below */
  /*
   * Hands over what a carrier brought outside a webhook; all of it is stored, or nothing. Owned by the plugin; copied
   * before the call returns. `messages` and `receipts` may be NULL when their count is 0; together they are at most
   * HERALD_EMIT_MAX. After HERALD_OK `done` is called, with HERALD_E_INVALID when a message breaks the host's rules and
   * HERALD_E_UNAVAILABLE when it could not be stored, or was not by the time of stop (try again: the same
   * provider_message_id is one message). Within an array every struct_size is the same, and is the distance from one
   * element to the next. HERALD_E_UNAVAILABLE, at once, when 1,024 emits wait. After any other result `done` is not
   * called:
   * HERALD_E_STATE outside of start to stop, HERALD_E_INVALID for malformed structs, texts and counts. Any thread;
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
