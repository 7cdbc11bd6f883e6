// Which addresses are one client to the limits.
#pragma once

#include <string>

namespace herald::intake {

// The octets that stand for the client at a numeric address: four of IPv4, also where it is mapped into IPv6; of IPv6
// the eight of its /64, the least that one subscriber gets and within which he may take a new address for every
// request. A text that is no address stands for itself, so that what cannot be told apart is limited together. A pure
// function, from any thread.
std::string network_of(const std::string& remote_address);

}  // namespace herald::intake
