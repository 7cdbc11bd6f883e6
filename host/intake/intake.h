// The commands of clients, carriers and operators. A request passes its gates in this order, and the first that refuses
// ends it: validation, idempotency look-up, rate limits, route, commit.
//
// Threads: every function from any thread; accept() and receive() may read the store for a key and otherwise never
// block. `done` is called exactly once, inside the call for a request that a gate refuses or a key answers and on the
// writer's thread otherwise. It must not block or throw.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "base/clock.h"
#include "base/random.h"
#include "domain/message.h"
#include "domain/ports.h"
#include "intake/inbound_request.h"
#include "intake/keys_in_flight.h"
#include "intake/limits.h"
#include "intake/options.h"
#include "intake/rate_limiter.h"
#include "intake/send_request.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "store/writer.h"

namespace herald::intake {

// Why a request was not taken. Nothing of it is stored.
struct Refusal {
  enum class Reason {
    kInvalid,          // `faults` says what to mend
    kProviderMissing,  // no provider serves the channel
    kKeyInFlight,      // a request with the same key is being worked on; retryable
    kKeyReused,        // the key was used with another request
    kReplayed,         // a recording of a signed webhook that was taken before
    kRateLimited,      // `limits` says which limit, and when it will let through
    kNotFound,         // there is no such message
    kConflict,         // the message's state does not allow it
    kQueueFull,        // too many messages wait; retryable
    kUnavailable,      // the disk refuses or the host is draining; retryable
    kInternal,
  };
  Reason reason = Reason::kInternal;
  Faults faults;
  Limits limits;
  std::string detail = {};  // of this occurrence, in words for a client; empty: there is no more to say
};

// A webhook's own identity, where its carrier's signature vouches for it.
struct SignedDelivery {
  std::string id;
  base::WallTime signed_at{};
};

// Where a request comes from.
struct Origin {
  std::string request_id;
  std::string remote_address;  // numeric
  // The header's value, not yet judged. A fault of it points at the whole document and names the header.
  std::optional<std::string> idempotency_key;
  // Of a signed webhook: stands in for the key, which nobody signed. It is committed with the message as a key is, so a
  // recording of it is refused after a restart too. One that was signed after the first had been taken is the carrier's
  // own repetition, who has not heard of the first answer; it gets that one again.
  std::optional<SignedDelivery> delivery = {};
};

struct Accepted {
  domain::MessageId id;
  bool replayed = false;  // the answer of an earlier request with this key
  Limits limits;          // what is left of each limit that was charged; empty for a replay
};

using AcceptResult = tl::expected<Accepted, Refusal>;
using AcceptDone = std::function<void(AcceptResult)>;
using ChangeDone = std::function<void(tl::expected<void, Refusal>)>;
using RetryDone = std::function<void(tl::expected<std::size_t, Refusal>)>;

class Intake final : public domain::InboundSink {
 public:
  // All are borrowed and outlive the intake and every command that it has given to the writer.
  struct Dependencies {
    const domain::RouteTable& routes;
    store::Writer& writer;
    const store::Reader& reader;
    const base::Clock& clock;
    observe::Log& log;
    observe::Metrics& metrics;
    // A secret under which the limits know senders; a test that must not vary sets its own.
    std::uint64_t limit_salt = base::entropy_seed();
  };

  Intake(Options options, const Dependencies& dependencies);

  // Whether more comes in than the disk takes, so that a message had better be refused than made to wait, whose request
  // has `waited` so long behind others. Whoever asks answers 503 before it spends any work on the request; accept()
  // itself takes on to the writer's bounds. Cheap.
  bool overloaded(std::chrono::nanoseconds waited) const;

  // Takes an outbound message: its id, once it is on disk. The time-to-live counts from this call.
  void accept(SendRequest request, Origin origin, AcceptDone done);

  // Takes a message from one of the host's own webhooks. No limit applies: a carrier must not be made to lose messages.
  void receive(InboundRequest request, Origin origin, AcceptDone done);

  // Logs and counts a webhook's request that could not even be decoded. `why` is fixed text without any value.
  void refused_inbound(InboundSource source, std::string_view request_id, std::string_view why);

  // Takes what a plugin's carrier brought. Events that hold neither a message nor a receipt are done at once.
  void receive(domain::CarrierEvents events, std::function<void(base::Status)> done) override;

  // A pending message is taken back. kNotFound, kConflict.
  void cancel(domain::MessageId id, std::string request_id, ChangeDone done);
  // A failed or expired message goes to its provider again. kNotFound, kConflict, kQueueFull.
  void retry(domain::MessageId id, std::string request_id, ChangeDone done);
  // All of these, whose status is kFailed or kExpired; answers how many. Works in bounded
  // steps between which other commands are committed. A queue that is full ends it with the number so far; kQueueFull
  // only when it is 0.
  void retry_all(store::DeadLetters which, std::string request_id, RetryDone done);

 private:
  struct RetryRun;

  // A request's way past the look-up of its key.
  struct Passage {
    std::shared_ptr<KeysInFlight::Hold> hold;  // with a key: shared, for a std::function must be copyable
    std::optional<domain::MessageId> replay;   // what the key was used for before; then nothing is held
    std::uint64_t recoveries = 0;              // of the store, before the look-up
  };
  tl::expected<Passage, Refusal> look_up(const std::optional<domain::RequestKey>& key, std::string_view request_id,
                                         base::WallTime now);
  static bool is_recording(const Origin& origin, domain::MessageId first);
  tl::expected<Limits, Refusal> charge(const Origin& origin, std::string_view sender);
  tl::expected<std::string, Refusal> route(domain::Channel channel, std::string_view request_id);
  Refusal refusal_of(const base::Error& error, std::string_view request_id);
  Refusal refusal_by(const base::Error& error);
  Refusal::Reason reason_of(const base::Error& error);

  void log_refused(std::string_view source, std::string_view request_id, std::string_view why);
  void count(const store::Received& received, std::string_view source, std::string_view request_id);
  std::function<void(base::Status)> changed(const char* event, domain::MessageId id, std::string request_id,
                                            ChangeDone done);
  void retry_from(const std::shared_ptr<RetryRun>& run, domain::MessageId after);

  const Options options_;
  const Dependencies to_;
  RateLimiter limiter_;
  KeysInFlight in_flight_;
};

}  // namespace herald::intake
