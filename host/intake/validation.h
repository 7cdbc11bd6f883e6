// The rules that a request must meet before anything is stored.
#pragma once

#include <tl/expected.hpp>

#include "base/clock.h"
#include "domain/message.h"
#include "intake/options.h"
#include "intake/send_request.h"

namespace herald::intake {

// A request that met them.
struct Checked {
  domain::Content content;
  std::string normalized_from;
  std::string normalized_to;
  std::chrono::seconds ttl{0};
};

// The longest time-to-live that a client may ask for.
inline constexpr std::chrono::seconds kMaxTtl = std::chrono::hours{24 * 31};

// A pure function of its arguments, from any thread. Every fault is reported at once, those that the decoder found
// first; `now` stands in for an absent timestamp.
tl::expected<Checked, Faults> validate(SendRequest request, const Options& options, base::WallTime now);

}  // namespace herald::intake
