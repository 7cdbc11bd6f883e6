#include "access/client_address.h"

#include <algorithm>

namespace herald::access {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

// Some proxies write a port: "192.0.2.1:4711", "[2001:db8::1]:4711".
std::string_view without_port(std::string_view entry) {
  if (!entry.empty() && entry.front() == '[') {
    const auto end = entry.find(']');
    return end == std::string_view::npos ? std::string_view() : entry.substr(1, end - 1);
  }
  const bool one_colon = std::count(entry.begin(), entry.end(), ':') == 1;
  return one_colon ? entry.substr(0, entry.find(':')) : entry;
}

bool is_trusted(std::string_view text, const std::vector<base::IpNetwork>& trusted) {
  const auto address = base::parse_ip(text);
  return address && std::any_of(trusted.begin(), trusted.end(),
                                [&address](const base::IpNetwork& network) { return network.contains(*address); });
}

}  // namespace

std::string_view client_address(std::string_view peer, const std::vector<std::string_view>& forwarded_for,
                                const std::vector<base::IpNetwork>& trusted) {
  auto client = peer;
  for (auto field = forwarded_for.rbegin(); field != forwarded_for.rend(); ++field) {
    auto rest = *field;
    while (!rest.empty()) {
      if (!is_trusted(client, trusted)) return client;
      const auto comma = rest.rfind(',');
      const auto entry = without_port(trimmed(comma == std::string_view::npos ? rest : rest.substr(comma + 1)));
      if (!base::parse_ip(entry)) return client;
      client = entry;
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
    }
  }
  return client;
}

}  // namespace herald::access
