/*
 * The Herald plugin ABI, version 1.1. C11; the whole contract between the host and a provider plugin.
 *
 * A plugin is a shared library that exports one function, `herald_plugin_entry`. Nothing but what stands in this file
 * crosses the border: fixed-width integers, pointers, tables of C functions. No exception, allocator, C++ type or enum
 * crosses it; every structure starts with its own size. abi_inbound.h, included below, is the part for carriers that
 * call back.
 *
 * Growing. The major version of both sides must be equal. A minor version only appends members. Whoever receives a
 * structure reads no further than its `struct_size`, and takes what is absent there as zero. Arrays of structures carry
 * a stride. Anything optional is an extension, asked for by id, in both directions.
 *
 * Strings. `herald_str` is UTF-8 with a length, not terminated, never NULL data with a length above 0. A string that is
 * passed in is valid until the call returns, unless its place says otherwise.
 *
 * Life of an instance:
 *   create -> configure -> start -> submit* -> drain -> stop -> destroy
 * configure may be called again at any time between start and stop. destroy may follow create directly, or a failed
 * configure or start. The host never calls an instance after destroy.
 *
 * Calls out of order. The host makes none; a plugin holds out all the same, between create and destroy. Such a call
 * answers HERALD_E_STATE or, where it can at no harm, does its work. submit takes nothing before a successful start nor
 * after stop. An instance that was stopped need not start again. destroy ends one that still runs.
 *
 * Threads. Entry, create, configure, start, drain, stop and destroy of one instance are called one at a time, on one of
 * the host's control threads. submit may overlap configure and drain. How many submits may overlap is what the plugin
 * declares in `thread_model`. Every function of `herald_host` and `herald_completion` may be called from any thread
 * between create and the return of stop.
 *
 * Results. A function that can fail returns HERALD_OK or one of HERALD_E_*; it reports the reason through
 * `herald_host.log` or, where it has one, its `error` parameter.
 */
#ifndef HERALD_ABI_H
#define HERALD_ABI_H

#include <stddef.h>
#include <stdint.h>

/* NOLINTBEGIN(readability-identifier-naming,modernize-*): the names and forms of a C contract. */

#ifdef __cplusplus
extern "C" {
#endif

#define HERALD_ABI_MAGIC UINT32_C(0x444C5248) /* "HRLD" in memory on a little-endian machine */
#define HERALD_ABI_MAJOR UINT32_C(1)
#define HERALD_ABI_MINOR UINT32_C(1)

/* The version of the headers that a plugin is compiled with; shown to operators, never compared. */
#define HERALD_SDK_VERSION "0.1.0"

#if defined(__GNUC__)
#define HERALD_EXPORT __attribute__((visibility("default")))
#else
#define HERALD_EXPORT
#endif

/* ---- Results ----------------------------------------------------------------------------------------------------- */

#define HERALD_OK INT32_C(0)
#define HERALD_E_INVALID INT32_C(-1)     /* an argument or a configuration is wrong; the same call fails again */
#define HERALD_E_STATE INT32_C(-2)       /* not in this state of the life cycle */
#define HERALD_E_UNAVAILABLE INT32_C(-3) /* a resource refuses for now; the host may try again */
#define HERALD_E_UNSUPPORTED INT32_C(-4) /* this plugin or host does not offer it */
#define HERALD_E_INTERNAL INT32_C(-5)    /* a fault of the callee, such as an exception caught at its border */
#define HERALD_E_TIMEOUT INT32_C(-6)     /* not finished by the deadline */

/* ---- Plain data -------------------------------------------------------------------------------------------------- */

/* UTF-8 text with a length in bytes; not terminated. */
typedef struct herald_str {
  const char* data;
  uint64_t size;
} herald_str;

/* One message to send. Owned by the host, with all that it points to, until the message is completed. */
typedef struct herald_message {
  uint32_t struct_size;
  uint32_t attempt;          /* from 1 */
  uint64_t item;             /* the host's handle: passed back in completion, meaningless otherwise */
  uint64_t ordinal;          /* of this message among those accepted for this provider, from 0 in an empty store */
  int64_t deadline_ns;       /* on herald_host.monotonic_ns's clock; a later completion is ignored */
  int64_t timestamp_unix_ms; /* the client's own time of the message */
  herald_str id;             /* the host's id of the message */
  herald_str dispatch_token; /* the same at every attempt for this message: for the provider's own deduplication */
  herald_str request_id;     /* of the request that brought the message; for logs */
  herald_str channel;        /* "sms", "mms" or "email" */
  herald_str from;           /* addresses as the client wrote them */
  herald_str to;
  herald_str subject; /* data is NULL when there is none */
  herald_str body;
  const herald_str* attachments; /* URLs */
  uint32_t attachment_count;
  uint32_t reserved; /* zero */
} herald_message;

/* Messages handed over together. Owned by the host until every message in it is completed. */
typedef struct herald_batch {
  uint32_t struct_size;
  uint32_t count;       /* at least 1, at most herald_plugin.max_batch */
  uint64_t stride;      /* bytes from one message to the next */
  const void* messages; /* the first; reach the i-th through herald_batch_at */
} herald_batch;

/* A C cast serves both languages; a C++ author's -Wold-style-cast is no reason to refuse it. */
#if defined(__GNUC__) && defined(__cplusplus)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif
static inline const herald_message* herald_batch_at(const herald_batch* batch, uint32_t index) {
  return (const herald_message*)((const char*)batch->messages + (uint64_t)index * batch->stride);
}
#if defined(__GNUC__) && defined(__cplusplus)
#pragma GCC diagnostic pop
#endif

/* What became of one message. Zero is no outcome, so a forgotten one is noticed. */
#define HERALD_OUTCOME_SUCCESS UINT32_C(1)      /* the provider took it */
#define HERALD_OUTCOME_RATE_LIMITED UINT32_C(2) /* not so fast; will be retried, no breaker failure */
#define HERALD_OUTCOME_ERROR UINT32_C(3)        /* the provider failed; will be retried, counts for the breaker */
#define HERALD_OUTCOME_TIMEOUT UINT32_C(4)      /* no answer by the deadline; as error */
#define HERALD_OUTCOME_REJECTED UINT32_C(5)     /* permanent: no retry, no breaker failure */

#define HERALD_OUTCOME_LANE_WIDE UINT32_C(1) /* flag: retry_after_ms holds for every message of this provider */

/* Owned by the plugin; read by the host before the completing call returns. */
typedef struct herald_outcome {
  uint32_t struct_size;
  uint32_t code;                  /* HERALD_OUTCOME_* */
  uint32_t flags;                 /* HERALD_OUTCOME_LANE_WIDE or 0 */
  uint32_t segments;              /* parts that a carrier bills; 0 where the notion does not apply */
  uint64_t retry_after_ms;        /* 0: the host's own backoff decides */
  herald_str provider_message_id; /* by which receipts will name the message; at most 255 bytes are kept */
  herald_str error_code;          /* short and stable, for operators; at most 64 bytes are kept */
  herald_str encoding;            /* of the segments: "GSM-7", "UCS-2", or empty; at most 16 bytes are kept */
} herald_outcome;

/* Where outcomes go. Valid from the first submit until stop returns. */
typedef struct herald_completion {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  void* context;
  /*
   * Completes one message: exactly once for each, from any thread, inside submit too. The message's memory, and the
   * batch's with its last message, must not be touched after this call. An unknown item, a second or a late completion
   * does nothing but raise a counter. Returns at once; takes no lock of the plugin's.
   */
  void (*complete)(void* context, uint64_t item, const herald_outcome* outcome);
} herald_completion;

/* ---- Services of the host ---------------------------------------------------------------------------------------- */

#define HERALD_LOG_TRACE UINT32_C(0)
#define HERALD_LOG_DEBUG UINT32_C(1)
#define HERALD_LOG_INFO UINT32_C(2)
#define HERALD_LOG_WARN UINT32_C(3)
#define HERALD_LOG_ERROR UINT32_C(4)

#define HERALD_METRIC_COUNTER UINT32_C(0)
#define HERALD_METRIC_GAUGE UINT32_C(1)

/* Given to create; valid until destroy returns. All functions may be called from any thread and return at once. */
typedef struct herald_host {
  uint32_t struct_size;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t reserved; /* zero */
  void* context;     /* first argument of every function below */

  /* Writes one line under the provider's name. Never log a body, a whole address or a secret. */
  void (*log)(void* context, uint32_t level, herald_str text);

  /* The clock of deadlines: CLOCK_MONOTONIC in nanoseconds. */
  int64_t (*monotonic_ns)(void* context);

  /* Wall-clock time in milliseconds since the Unix epoch. */
  int64_t (*unix_ms)(void* context);

  /* 64 random bits; from a seeded source when the host runs on a seed. */
  uint64_t (*random)(void* context);

  /*
   * Declares a metric of this provider, inside configure. `name` matches [a-z][a-z0-9_]{0,63}; the host exposes it as
   * herald_plugin_<name> with the label provider. Declaring a name again with the same kind returns the same handle.
   * Returns 0 when the name is not allowed, the kind differs, or there are more than 64.
   */
  uint32_t (*metric_declare)(void* context, uint32_t kind, herald_str name, herald_str help);

  /* Adds to a counter (value at least 0) or sets a gauge. Handle 0 is ignored. */
  void (*metric_record)(void* context, uint32_t metric, double value);

  /* A table of the host's by id, or NULL. HERALD_EXT_INBOUND since 1.1. Valid until destroy returns. */
  const void* (*extension)(void* context, herald_str id);
} herald_host;

/* ---- The plugin -------------------------------------------------------------------------------------------------- */

/* An instance of the provider; the plugin's own type. */
typedef void* herald_instance;

/*
 * submit may not block, and is called by one thread at a time. The plugin completes from wherever it likes.
 */
#define HERALD_THREADS_ASYNC UINT32_C(1)
/*
 * submit may block until its messages are done; the host calls it from a pool of `max_in_flight` threads, with one
 * message each, so that a slow call holds up no other.
 */
#define HERALD_THREADS_BLOCKING UINT32_C(2)

/*
 * What a plugin is. The host passes a structure with `struct_size` set to what it can take, all else zero; the plugin
 * fills at most that many bytes and sets `struct_size` to what it filled. Every pointer in it stays valid while the
 * library is loaded.
 */
typedef struct herald_plugin {
  uint32_t struct_size;
  uint32_t magic;     /* HERALD_ABI_MAGIC */
  uint32_t abi_major; /* of the headers that the plugin is compiled with */
  uint32_t abi_minor;
  herald_str name;            /* [a-z][a-z0-9-]{0,31}: routes, metrics and operators know the provider by it */
  herald_str version;         /* semantic version 2.0.0 */
  herald_str sdk_version;     /* HERALD_SDK_VERSION */
  herald_str description;     /* one sentence for people; may be empty */
  const herald_str* channels; /* "sms", "mms", "email"; at least one; the host ignores those that it does not know */
  uint32_t channel_count;
  uint32_t thread_model;    /* HERALD_THREADS_* */
  uint32_t max_batch;       /* most messages in one submit, 1-1024 (1 when BLOCKING); 0 means 1 */
  uint32_t max_in_flight;   /* most messages submitted and not completed, 1-65536 (1-1024 when BLOCKING); 0 means 1 */
  herald_str config_schema; /* JSON Schema (draft 7) of the configuration; empty: any object. A property with
                               "writeOnly": true is a secret, and never shown */

  /* A new instance, or NULL. `host` stays valid until destroy returns. */
  herald_instance (*create)(const herald_host* host);

  /*
   * Takes the whole configuration: a JSON object that is valid against the schema, "{}" when there is none. A refused
   * configuration leaves the former one in force. `error` may be filled with the reason, in memory of the instance that
   * stays valid until its next call.
   */
  int32_t (*configure)(herald_instance instance, herald_str json, herald_str* error);

  /* Opens connections, starts threads. After HERALD_OK the instance takes submits. */
  int32_t (*start)(herald_instance instance);

  /*
   * Takes a batch: after HERALD_OK every message in it is the plugin's to complete exactly once; after any other result
   * none is, and the host treats each as an error.
   */
  int32_t (*submit)(herald_instance instance, const herald_batch* batch, const herald_completion* completion);

  /* Finishes what was submitted, until `deadline_ns`; HERALD_OK when all is completed, else HERALD_E_TIMEOUT. */
  int32_t (*drain)(herald_instance instance, int64_t deadline_ns);

  /* Ends all activity: afterwards no thread of the instance runs and nothing is completed any more. Cannot fail. */
  void (*stop)(herald_instance instance);

  /* Frees the instance. Follows stop when start succeeded. */
  void (*destroy)(herald_instance instance);

  /* A table of the plugin's by id (HERALD_EXT_*), or NULL. Valid while the library is loaded. May be NULL itself. */
  const void* (*extension)(herald_str id);
} herald_plugin;

/*
 * The one exported symbol. Called before anything else, once or more often, also in a probing process that then ends:
 * it fills `*plugin` and has no other effect. HERALD_OK, or HERALD_E_UNSUPPORTED when the plugin cannot run under this
 * host; the descriptor is filled in either case.
 */
typedef int32_t (*herald_plugin_entry_fn)(herald_plugin* plugin);
#define HERALD_PLUGIN_ENTRY_NAME "herald_plugin_entry"

/* ---- Extension: fault injection ---------------------------------------------------------------------------------- */

/*
 * Offered by providers that fail on demand: the mock providers, and any test double. The host sets the profile before
 * start and whenever an operator changes it.
 */
#define HERALD_EXT_FAULTS "herald.faults/1"

/* Percentages of dispatches, together at most 100; the rest succeed. */
typedef struct herald_fault_profile {
  uint32_t struct_size;
  uint32_t timeout_pct;
  uint32_t error_pct;
  uint32_t ratelimit_pct;
  uint32_t has_seed; /* 0: the outcomes are random; 1: they follow `seed`, and the sequence starts anew */
  uint32_t reserved; /* zero */
  uint64_t seed;
} herald_fault_profile;

typedef struct herald_faults {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  /* In force from the next submit. HERALD_E_INVALID when the percentages do not fit. Any thread, create to destroy. */
  int32_t (*set)(herald_instance instance, const herald_fault_profile* profile);
} herald_faults;

#ifdef __cplusplus
}
#endif

#include <herald/abi_inbound.h>

/* NOLINTEND(readability-identifier-naming,modernize-*) */

#endif /* HERALD_ABI_H */
