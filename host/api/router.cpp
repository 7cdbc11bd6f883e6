#include "api/router.h"

#include <algorithm>
#include <array>
#include <optional>

namespace herald::api {
namespace {

using http::Method;

struct Route {
  Method method;
  std::string_view pattern;
  Endpoint endpoint;
  bool takes_json;
  bool gives_json;
};

// The first pattern that fits a path is the path's: a pattern with a parameter stands behind those without.
constexpr std::array kRoutes{
    Route{Method::kPost, "/api/messages/sms", Endpoint::kSendPhone, true, true},
    Route{Method::kPost, "/api/messages/email", Endpoint::kSendEmail, true, true},
    Route{Method::kGet, "/api/messages/{id}", Endpoint::kGetMessage, false, true},
    Route{Method::kGet, "/api/providers", Endpoint::kListProviders, false, true},
    Route{Method::kGet, "/api/providers/{name}", Endpoint::kGetProvider, false, true},
    Route{Method::kGet, "/livez", Endpoint::kLive, false, false},
    Route{Method::kGet, "/readyz", Endpoint::kReady, false, false},
    Route{Method::kGet, "/metrics", Endpoint::kMetrics, false, false},
};

constexpr std::size_t kMaxSegments = 6;

struct Segments {
  std::array<std::string_view, kMaxSegments> at{};
  std::size_t count = 0;
};

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Nothing for what no path may hold. A decoded "/" is kept as U+0001, which no pattern and no parameter contains, so
// that it never becomes a separator.
constexpr char kEncodedSlash = '\x01';

std::optional<std::string> decoded(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    char c = path[i];
    const bool escaped = c == '%';
    if (escaped) {
      if (i + 2 >= path.size()) return std::nullopt;
      const int high = hex_value(path[i + 1]);
      const int low = hex_value(path[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') return std::nullopt;
    out += escaped && c == '/' ? kEncodedSlash : c;
  }
  return out;
}

// The segments of "/a/b": "a" and "b". Nothing for a path that no route can have.
std::optional<Segments> split(std::string_view path) {
  Segments segments;
  if (path.empty() || path.front() != '/') return std::nullopt;
  for (std::size_t start = 1; start <= path.size();) {
    const auto end = std::min(path.find('/', start), path.size());
    const auto segment = path.substr(start, end - start);
    if (segment.empty() || segment == "." || segment == ".." || segments.count == kMaxSegments) return std::nullopt;
    if (segment.find(kEncodedSlash) != std::string_view::npos) return std::nullopt;
    segments.at[segments.count++] = segment;
    start = end + 1;
  }
  return segments;
}

// Whether `path` is an instance of `pattern`; its parameter goes to `parameter`.
bool fits(const Segments& path, std::string_view pattern, std::string_view& parameter) {
  std::size_t index = 0;
  for (std::size_t start = 1; start <= pattern.size(); ++index) {
    const auto end = std::min(pattern.find('/', start), pattern.size());
    const auto wanted = pattern.substr(start, end - start);
    if (index == path.count) return false;
    if (wanted.front() == '{') {
      parameter = path.at[index];
    } else if (wanted != path.at[index]) {
      return false;
    }
    start = end + 1;
  }
  return index == path.count;
}

std::string_view name_of(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET, HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    default:
      return "";
  }
}

std::string allowed_methods(std::string_view pattern) {
  std::string allow;
  for (const auto& route : kRoutes) {
    if (route.pattern != pattern) continue;
    if (!allow.empty()) allow += ", ";
    allow += name_of(route.method);
  }
  return allow;
}

}  // namespace

tl::expected<Match, Miss> Router::resolve(Method method, std::string_view path) const {
  const Method wanted = method == Method::kHead ? Method::kGet : method;
  if (path == health_path_) {
    if (wanted == Method::kGet) return Match{Endpoint::kHealth, {}, false, false};
    return tl::make_unexpected(Miss{Miss::Reason::kMethod, std::string(name_of(Method::kGet))});
  }
  std::string storage;
  if (path.find('%') != std::string_view::npos) {
    auto plain = decoded(path);
    if (!plain) return tl::make_unexpected(Miss{Miss::Reason::kMalformed, {}});
    storage = *std::move(plain);
    path = storage;
  }
  const auto segments = split(path);
  if (!segments) return tl::make_unexpected(Miss{});
  std::string_view pattern;
  for (const auto& route : kRoutes) {
    if (!pattern.empty() && route.pattern != pattern) continue;
    std::string_view parameter;
    if (!fits(*segments, route.pattern, parameter)) continue;
    if (route.method == wanted) {
      return Match{route.endpoint, std::string(parameter), route.takes_json, route.gives_json};
    }
    pattern = route.pattern;
  }
  if (pattern.empty()) return tl::make_unexpected(Miss{});
  return tl::make_unexpected(Miss{Miss::Reason::kMethod, allowed_methods(pattern)});
}

}  // namespace herald::api
