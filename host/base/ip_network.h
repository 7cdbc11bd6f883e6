// IP addresses and networks as people write them: "10.0.0.0/8", "2001:db8::/32", "::1".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace herald::base {

// 16 octets; an IPv4 address stands as the IPv6 address that it is mapped to (RFC 4291 section 2.5.5.2), so that both
// spellings of it are one.
using IpAddress = std::array<std::uint8_t, 16>;

// A numeric address; a zone ("fe80::1%eth0") does not count. Nothing for any other text. Pure, as all of these.
std::optional<IpAddress> parse_ip(std::string_view text);

bool is_v4(const IpAddress& address);

// 127.0.0.0/8 and ::1.
bool is_loopback(const IpAddress& address);

class IpNetwork {
 public:
  // "address/bits", or an address alone for itself. Bits beyond the prefix must be 0, as they are with whoever means
  // what he writes.
  static std::optional<IpNetwork> parse(std::string_view text);

  bool contains(const IpAddress& address) const;

 private:
  IpNetwork(const IpAddress& address, std::size_t bits) : address_(address), bits_(bits) {}

  IpAddress address_;
  std::size_t bits_;  // of the 128
};

// Networks with commas between, blanks around them do not count. Nothing when one of them is none.
std::optional<std::vector<IpNetwork>> parse_networks(std::string_view text);

// The network that an address may be told by where the whole of it should not stand: "203.0.113.0/24",
// "2001:db8:7::/48"; "unknown" for a text that is no address.
std::string masked_ip(std::string_view text);

}  // namespace herald::base
