#include "intake/http_url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>

namespace herald::intake {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Unreserved, sub-delims, gen-delims and "%" of RFC 3986; everything else must be percent-encoded.
bool is_url_char(char c) {
  return is_alnum(c) || std::string_view("-._~!$&'()*+,;=:/?#[]@%").find(c) != std::string_view::npos;
}

bool escapes_are_whole(std::string_view text) {
  for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
  }
  return true;
}

bool is_port(std::string_view text) {
  if (text.size() > 5 || !std::all_of(text.begin(), text.end(), is_digit)) return false;
  unsigned port = 0;
  for (const char c : text)
    port = port * 10 + static_cast<unsigned>(c - '0');
  return port <= 65'535;
}

bool is_ipv6(std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  return inet_pton(AF_INET6, std::string(text).c_str(), ignored.data()) == 1;
}

bool is_reg_name(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return is_alnum(c) || std::string_view("-._~!$&'()*+,;=%").find(c) != std::string_view::npos;
  });
}

bool is_host_and_port(std::string_view text) {
  std::string_view rest;
  if (!text.empty() && text.front() == '[') {
    const auto end = text.find(']');
    if (end == std::string_view::npos || !is_ipv6(text.substr(1, end - 1))) return false;
    rest = text.substr(end + 1);
  } else {
    const auto end = std::min(text.find(':'), text.size());
    if (!is_reg_name(text.substr(0, end))) return false;
    rest = text.substr(end);
  }
  return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

// What follows "http://" or "https://"; nothing for any other scheme.
std::optional<std::string_view> after_scheme(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (url.size() < scheme.size()) continue;
    if (std::equal(scheme.begin(), scheme.end(), url.begin(), [](char a, char b) { return a == lowered(b); }))
      return url.substr(scheme.size());
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> fault_of_http_url(std::string_view url) {
  if (url.size() > kMaxUrl) return "must have at most 2048 characters";
  const auto rest = after_scheme(url);
  if (!rest) return "must be an http or https URL";
  if (!std::all_of(rest->begin(), rest->end(), is_url_char) || !escapes_are_whole(*rest))
    return "must be a URL whose other characters are percent-encoded (RFC 3986)";
  const auto authority = rest->substr(0, rest->find_first_of("/?#"));
  const auto at = authority.rfind('@');
  const auto host = at == std::string_view::npos ? authority : authority.substr(at + 1);
  if (!is_host_and_port(host)) return "must be a URL with a valid host";
  if (rest->substr(authority.size()).find_first_of("[]") != std::string_view::npos)
    return "must be a URL whose other characters are percent-encoded (RFC 3986)";
  return std::nullopt;
}

}  // namespace herald::intake
