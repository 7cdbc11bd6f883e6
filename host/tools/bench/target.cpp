#include "tools/bench/target.h"

#include <algorithm>
#include <charconv>

#include "config/wording.h"

namespace herald::tools::bench {
namespace {

constexpr std::string_view kScheme = "http://";

tl::unexpected<base::Error> wrong(std::string_view url, const std::string& why) {
  return base::fail(base::ErrorCode::kInvalid,
                    "the URL " + config::in_quotes(url) + " " + why + "; expected one such as http://127.0.0.1:8080");
}

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool read_port(std::string_view text, std::uint16_t& port) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  return fault == std::errc() && end == text.data() + text.size() && port != 0;
}

}  // namespace

std::string Target::authority() const {
  const bool bare = host.find(':') == std::string::npos;
  return (bare ? host : "[" + host + "]") + ":" + std::to_string(port);
}

base::Result<Target> parse_target(std::string_view url) {
  if (url.rfind("https://", 0) == 0) {
    return wrong(url, "asks for TLS, which ends at a proxy in front of the host: aim at the host itself");
  }
  if (url.rfind(kScheme, 0) != 0) return wrong(url, "does not begin with http://");
  if (!is_visible(url)) return wrong(url, "has a character that a URL cannot have");
  std::string_view rest = url.substr(kScheme.size());
  Target target;
  const auto slash = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, slash);
  const std::string_view path = rest.substr(slash);
  if (path.find('#') != std::string_view::npos) return wrong(url, "has a fragment, which no server is ever sent");
  if (!path.empty() && path.front() == '?') return wrong(url, "has a query and no path");
  if (!path.empty()) target.path = path;
  if (authority.find('@') != std::string_view::npos)
    return wrong(url, "has a user's name, which HTTP has no place for");

  const bool bracketed = !authority.empty() && authority.front() == '[';
  const auto closing = authority.find(']');
  if (bracketed && closing == std::string_view::npos) return wrong(url, "has no ] behind its address");
  const auto colon = authority.find(':', bracketed ? closing : 0);
  target.host = bracketed ? authority.substr(1, closing - 1) : authority.substr(0, colon);
  if (target.host.empty()) return wrong(url, "names no host");
  if (colon != std::string_view::npos && !read_port(authority.substr(colon + 1), target.port)) {
    return wrong(url, "has a port that is no number from 1 to 65535");
  }
  return target;
}

}  // namespace herald::tools::bench
