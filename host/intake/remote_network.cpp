#include "intake/remote_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace herald::intake {
namespace {

constexpr std::size_t kV4Octets = 4;
constexpr std::size_t kV6Octets = 16;
constexpr std::size_t kSubscriberOctets = 8;  // a /64

// ::ffff:0:0/96 (RFC 4291 section 2.5.5.2).
constexpr std::string_view kMapped{"\0\0\0\0\0\0\0\0\0\0\xff\xff", kV6Octets - kV4Octets};

}  // namespace

std::string network_of(const std::string& remote_address) {
  std::array<char, kV6Octets> octets{};
  if (inet_pton(AF_INET, remote_address.c_str(), octets.data()) == 1) return {octets.data(), kV4Octets};
  const auto zone = remote_address.find('%');  // "fe80::1%eth0" (RFC 4007)
  const bool is_v6 = zone == std::string::npos
                         ? inet_pton(AF_INET6, remote_address.c_str(), octets.data()) == 1
                         : inet_pton(AF_INET6, remote_address.substr(0, zone).c_str(), octets.data()) == 1;
  if (!is_v6) return remote_address;
  if (std::equal(kMapped.begin(), kMapped.end(), octets.begin())) return {octets.data() + kMapped.size(), kV4Octets};
  return {octets.data(), kSubscriberOctets};
}

}  // namespace herald::intake
