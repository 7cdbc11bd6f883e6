// The rules that what carriers bring must meet before anything is stored. They are milder than those for sending: a
// message that somebody wrote is not lost for the form of an address.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "base/clock.h"
#include "domain/inbound.h"
#include "intake/inbound_request.h"
#include "intake/options.h"

namespace herald::intake {

// Octets; enough for the longest mailbox with its local part and its domain (RFC 5321 section 4.5.3.1).
inline constexpr std::size_t kMaxInboundAddress = 320;
// Characters of a carrier's id of a message; octets of its id in a receipt, as in an outcome.
inline constexpr std::size_t kMaxProviderMessageId = 255;

// Pure functions of their arguments, from any thread. Every fault is reported at once, those that the decoder found
// first. `now` is the time of receipt, and stands in for a timestamp that is absent or out of RFC 3339's years. The
// request id is left to the caller.
tl::expected<domain::NewInbound, Faults> validate(InboundRequest request, const Options& options, base::WallTime now);

// The same for all that a plugin's carrier brought; pointers begin with "/messages/N" and "/receipts/N". A receipt's
// error code is cut to 64 octets.
struct CheckedEvents {
  std::vector<domain::NewInbound> messages;
  std::vector<domain::Receipt> receipts;
};
tl::expected<CheckedEvents, Faults> validate(domain::CarrierEvents events, const Options& options, base::WallTime now);

}  // namespace herald::intake
