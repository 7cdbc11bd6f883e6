// The commands of clients. A request passes its gates in this order, and the first that refuses ends it: validation,
// route, commit.
//
// Threads: accept() from any thread, never blocks; `done` is called exactly once, inside accept() for a request that a
// gate refuses and on the writer's thread otherwise. It must not block or throw.
#pragma once

#include <functional>
#include <string>

#include <tl/expected.hpp>

#include "base/clock.h"
#include "domain/message.h"
#include "domain/ports.h"
#include "intake/options.h"
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
    kQueueFull,        // too many messages wait; retryable
    kUnavailable,      // the disk refuses or the host is draining; retryable
    kInternal,
  };
  Reason reason = Reason::kInternal;
  Faults faults;
};

using AcceptResult = tl::expected<domain::MessageId, Refusal>;
using AcceptDone = std::function<void(AcceptResult)>;

class Intake {
 public:
  // All are borrowed and outlive the intake and every command that it has given to the writer.
  struct Dependencies {
    const domain::RouteTable& routes;
    store::Writer& writer;
    const base::Clock& clock;
    observe::Log& log;
    observe::Metrics& metrics;
  };

  Intake(Options options, const Dependencies& dependencies);

  // Takes an outbound message: its id, once it is on disk. The time-to-live counts from this call.
  void accept(SendRequest request, std::string request_id, AcceptDone done);

 private:
  Refusal refusal_of(const base::Error& error, std::string_view request_id);

  const Options options_;
  const Dependencies to_;
};

}  // namespace herald::intake
