#include "http/head.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "http/text.h"

namespace herald::http {
namespace {

constexpr std::size_t kMaxMethod = 32;

Method method_of(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, Method>, 7> kKnown{{
      {"GET", Method::kGet},
      {"HEAD", Method::kHead},
      {"POST", Method::kPost},
      {"PUT", Method::kPut},
      {"PATCH", Method::kPatch},
      {"DELETE", Method::kDelete},
      {"OPTIONS", Method::kOptions},
  }};
  for (const auto& known : kKnown) {
    if (known.first == text) return known.second;
  }
  return Method::kOther;
}

// uri-host [":" port] of RFC 3986 by its characters; an empty one is allowed where `text` comes from Host.
bool is_host(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || is_alpha(c) || std::string_view("-._~%!$&'()*+,;=:[]").find(c) != std::string_view::npos;
  });
}

// Cuts "http://authority" off an absolute-form target; nothing when it is none.
std::optional<std::string_view> without_authority(std::string_view target) {
  const auto colon = target.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  const auto scheme = target.substr(0, colon);
  if (!equal_without_case(scheme, "http") && !equal_without_case(scheme, "https")) return std::nullopt;
  target.remove_prefix(colon + 3);
  const auto authority = target.substr(0, target.find_first_of("/?"));
  if (authority.empty() || !is_host(authority)) return std::nullopt;
  return target.substr(authority.size());
}

tl::expected<void, FramingFault> read_target(std::string_view target, RequestLine& line) {
  if (target.find('#') != std::string_view::npos) return malformed("The request target has a fragment.");
  if (target == "*") {
    if (line.method != Method::kOptions) return malformed("Only OPTIONS may ask for \"*\".");
    line.path = target;
    return {};
  }
  if (target.front() != '/') {
    const auto rest = without_authority(target);
    if (!rest) return malformed("The request target is neither a path nor an http URL.");
    target = *rest;
  }
  const auto mark = target.find('?');
  line.path = target.substr(0, mark);
  if (line.path.empty()) line.path = kRootPath;
  if (mark != std::string_view::npos) line.query = target.substr(mark + 1);
  return {};
}

tl::expected<bool, FramingFault> read_version(std::string_view version) {
  if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || !is_digit(version[5]) || version[6] != '.' ||
      !is_digit(version[7])) {
    return malformed("The request line does not end in an HTTP version.");
  }
  if (version == "HTTP/1.1") return false;
  if (version == "HTTP/1.0") return true;
  return tl::make_unexpected(
      FramingFault{505, "http_version_not_supported", "Only HTTP/1.1 and HTTP/1.0 are spoken here."});
}

// Calls `visit` with each member of a comma-separated list.
template <typename Visit>
void for_each_member(std::string_view list, Visit visit) {
  while (true) {
    const auto comma = list.find(',');
    visit(trimmed(list.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

// What is gathered while the fields are walked once.
struct Gathered {
  std::size_t hosts = 0;
  std::size_t codings = 0;
  bool chunked = true;
  bool host_fits = true;
  bool close = false;
  bool keep_alive = false;
  bool expects_continue = false;
  bool expects_other = false;
};

void gather(const Header& field, Gathered& found) {
  switch (field.name.size()) {
    case 4:
      if (!equal_without_case(field.name, "host")) return;
      ++found.hosts;
      found.host_fits = found.host_fits && is_host(field.value);
      return;
    case 6:
      if (!equal_without_case(field.name, "expect")) return;
      (equal_without_case(field.value, "100-continue") ? found.expects_continue : found.expects_other) = true;
      return;
    case 10:
      if (!equal_without_case(field.name, "connection")) return;
      for_each_member(field.value, [&found](std::string_view option) {
        if (equal_without_case(option, "close")) found.close = true;
        if (equal_without_case(option, "keep-alive")) found.keep_alive = true;
      });
      return;
    case 17:
      if (!equal_without_case(field.name, "transfer-encoding")) return;
      ++found.codings;
      found.chunked = found.chunked && equal_without_case(field.value, "chunked");
      return;
    default:
      return;
  }
}

}  // namespace

tl::expected<RequestLine, FramingFault> parse_request_line(std::string_view text) {
  RequestLine line;
  const auto method_end = std::min(text.find(' '), text.size());
  line.method_text = text.substr(0, method_end);
  if (line.method_text.empty() || line.method_text.size() > kMaxMethod ||
      !std::all_of(line.method_text.begin(), line.method_text.end(), is_token_char)) {
    return malformed("The request line does not begin with a method.");
  }
  line.method = method_of(line.method_text);
  if (method_end == text.size()) return malformed("The request line has no target.");
  text.remove_prefix(method_end + 1);

  const auto target_end = text.find(' ');
  if (target_end == std::string_view::npos) return malformed("The request line does not end in an HTTP version.");
  const auto target = text.substr(0, target_end);
  if (target.empty()) return malformed("The request line has no target.");
  if (!std::all_of(target.begin(), target.end(), is_visible)) {
    return malformed("The request target has a character that must be percent-encoded.");
  }
  // The version first: what a target may be is a matter of the version.
  const auto http10 = read_version(text.substr(target_end + 1));
  if (!http10) return tl::make_unexpected(http10.error());
  line.http10 = *http10;
  if (const auto read = read_target(target, line); !read) return tl::make_unexpected(read.error());
  return line;
}

bool may_begin_request_line(std::string_view start) {
  const auto method_end = std::min(start.find(' '), start.size());
  const auto method = start.substr(0, method_end);
  if (method == "\r") return true;
  if (method.empty()) return start.empty();
  if (method.size() > kMaxMethod || !std::all_of(method.begin(), method.end(), is_token_char)) return false;
  if (method_end == start.size()) return true;
  const auto rest = start.substr(method_end);
  return std::all_of(rest.begin(), rest.end(), [](char c) { return c == ' ' || c == '\r' || is_visible(c); });
}

tl::expected<HeadMeaning, FramingFault> read_head_fields(const std::vector<Header>& fields, bool http10) {
  Gathered found;
  for (const auto& field : fields)
    gather(field, found);

  if (found.hosts > 1) return malformed("The request has more than one Host.");
  if (found.hosts == 0 && !http10) return malformed("The request has no Host.");
  if (!found.host_fits) return malformed("The request's Host is not a host.");
  if (found.codings > 0 && http10) return malformed("HTTP/1.0 has no Transfer-Encoding.");
  if (found.codings > 1 || (found.codings == 1 && !found.chunked)) {
    return malformed("The only Transfer-Encoding taken is one \"chunked\".");
  }
  if (found.expects_other && !http10) {
    return tl::make_unexpected(
        FramingFault{417, "expectation_failed", "The only expectation taken is \"100-continue\"."});
  }
  HeadMeaning meaning;
  meaning.chunked = found.codings == 1;
  meaning.keep_alive = !found.close && (!http10 || found.keep_alive);
  meaning.expects_continue = found.expects_continue && !http10;
  return meaning;
}

}  // namespace herald::http
