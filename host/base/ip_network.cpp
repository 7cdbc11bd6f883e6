#include "base/ip_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace herald::base {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::size_t kV4Bits = 32;
constexpr std::size_t kBits = 128;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  return text;
}

IpAddress cut(IpAddress address, std::size_t bits) {
  for (std::size_t i = 0; i < address.size(); ++i) {
    const std::size_t kept = std::min<std::size_t>(bits > 8 * i ? bits - 8 * i : 0, 8);
    address[i] &= static_cast<std::uint8_t>(0xFF00U >> kept);
  }
  return address;
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) {
  const std::string plain(text.substr(0, text.find('%')));
  IpAddress address{};
  if (inet_pton(AF_INET6, plain.c_str(), address.data()) == 1) return address;
  if (plain.size() != text.size()) return std::nullopt;
  std::copy(kMapped.begin(), kMapped.end(), address.begin());
  if (inet_pton(AF_INET, plain.c_str(), address.data() + kMapped.size()) == 1) return address;
  return std::nullopt;
}

bool is_v4(const IpAddress& address) {
  return std::equal(kMapped.begin(), kMapped.end(), address.begin());
}

bool is_loopback(const IpAddress& address) {
  constexpr std::uint8_t kV4Loopback = 127;
  if (is_v4(address)) return address[kMapped.size()] == kV4Loopback;
  constexpr IpAddress kV6Loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return address == kV6Loopback;
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address || text.find('%') != std::string_view::npos) return std::nullopt;
  const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  const std::size_t most = v4 ? kV4Bits : kBits;
  std::size_t bits = most;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, bits);
    if (digits.empty() || read.ec != std::errc() || read.ptr != end || bits > most) return std::nullopt;
  }
  if (v4) bits += kBits - kV4Bits;
  if (cut(*address, bits) != *address) return std::nullopt;
  return IpNetwork(*address, bits);
}

bool IpNetwork::contains(const IpAddress& address) const {
  return cut(address, bits_) == address_;
}

std::optional<std::vector<IpNetwork>> parse_networks(std::string_view text) {
  std::vector<IpNetwork> networks;
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find(',', start), text.size());
    const auto network = IpNetwork::parse(trimmed(text.substr(start, end - start)));
    if (!network) return std::nullopt;
    networks.push_back(*network);
    start = end + 1;
  }
  return networks;
}

std::string masked_ip(std::string_view text) {
  const auto address = parse_ip(text);
  if (!address) return "unknown";
  constexpr std::size_t kShownV4 = 24;
  constexpr std::size_t kShownV6 = 48;
  const bool v4 = is_v4(*address);
  const auto shown = cut(*address, v4 ? kBits - kV4Bits + kShownV4 : kShownV6);
  std::array<char, INET6_ADDRSTRLEN> written{};
  inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? shown.data() + kMapped.size() : shown.data(), written.data(), written.size());
  return std::string(written.data()) + "/" + std::to_string(v4 ? kShownV4 : kShownV6);
}

}  // namespace herald::base
