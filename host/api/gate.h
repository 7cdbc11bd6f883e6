// The first gate of a request: who asks, and may he? It knows nothing of what the request holds.
#pragma once

#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include "access/access.h"
#include "api/problem.h"
#include "api/router.h"
#include "base/clock.h"
#include "http/message.h"
#include "intake/intake.h"
#include "intake/rate_limiter.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace herald::api {

// Any thread.
class Gate {
 public:
  // Calls without a good key or signature that are answered as such and logged, a minute and network; what comes beyond
  // is answered with 429 and only counted. A good key passes all the same: a neighbour behind the same address must not
  // be able to shut others out, and no one can guess 256 bits.
  static constexpr std::uint32_t kDenialsAMinute = 30;

  // All are borrowed.
  struct Dependencies {
    const access::Access& access;
    const base::Clock& clock;
    observe::Log& log;
    observe::Metrics& metrics;
  };
  Gate(const Dependencies& dependencies, std::uint64_t limit_salt);

  // The address that counts as the client's; a view into the request.
  std::string_view client_of(const http::Request& request) const;

  // What the gate learnt of a request that it lets pass.
  struct Passage {
    std::optional<intake::SignedDelivery> delivery = {};  // of a signed webhook
  };
  // `request` bears the client's address as its remote address. Of a `head` alone no signature can be judged, for the
  // body is signed.
  enum class Extent { kHead, kWhole };
  tl::expected<Passage, http::Response> admit(Need need, const http::Request& request, Extent extent);

  // For a path that is guarded and holds nothing: only who has a key learns that.
  std::optional<http::Response> refusal_of_stranger(const http::Request& request);

 private:
  std::optional<http::Response> refusal_by_key(std::optional<access::Scope> scope, const http::Request& request);
  tl::expected<Passage, http::Response> admit_signed(const http::Request& request);
  http::Response denied(Problem kind, std::string_view reason, const http::Request& request);
  http::Response not_covered(access::Scope scope, std::string_view key_id, const http::Request& request);

  const Dependencies to_;
  intake::RateLimiter denials_;
};

}  // namespace herald::api
