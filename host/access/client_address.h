// Who asks, where proxies stand between.
#pragma once

#include <string_view>
#include <vector>

#include "base/ip_network.h"

namespace herald::access {

// The address that a request came from: of `peer` and the fields X-Forwarded-For, in the order in which they stand in
// the request, the right-most address that is no trusted proxy's; where all are trusted, the left-most. What stands to
// the left of an untrusted address is that client's own word and is not read, and the same goes for what stands left of
// an entry that is no address. The result is a view into one of the arguments, without a port. Pure.
std::string_view client_address(std::string_view peer, const std::vector<std::string_view>& forwarded_for,
                                const std::vector<base::IpNetwork>& trusted);

}  // namespace herald::access
