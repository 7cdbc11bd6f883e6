#include "api/router.h"

#include <algorithm>
#include <array>
#include <optional>

#include "api/percent.h"

namespace herald::api {
namespace {

using http::Method;

struct Route {
  Method method;
  std::string_view pattern;
  Endpoint endpoint;
  Traits traits;
  Need need;
};

constexpr Traits kProbe{};
constexpr Traits kRead{false, true, false};
constexpr Traits kOrder{false, true, true};  // changes something, and needs no body to say what
constexpr Traits kWrite{true, true, true};

// The first pattern that fits a path is the path's: a pattern with a parameter stands behind those without, and the
// routes of one pattern stand together.
constexpr std::array kRoutes{
    Route{Method::kPost, "/api/messages/sms", Endpoint::kSendPhone, kWrite, Need::kSend},
    Route{Method::kPost, "/api/messages/email", Endpoint::kSendEmail, kWrite, Need::kSend},
    Route{Method::kPost, "/api/messages/retry", Endpoint::kRetryMessages, kOrder, Need::kAdmin},
    Route{Method::kGet, "/api/messages", Endpoint::kListMessages, kRead, Need::kRead},
    Route{Method::kGet, "/api/messages/{id}", Endpoint::kGetMessage, kRead, Need::kRead},
    Route{Method::kPost, "/api/messages/{id}/cancel", Endpoint::kCancelMessage, kOrder, Need::kSend},
    Route{Method::kPost, "/api/messages/{id}/retry", Endpoint::kRetryMessage, kOrder, Need::kAdmin},
    Route{Method::kPost, "/api/webhooks/sms", Endpoint::kSmsWebhook, kWrite, Need::kCarrier},
    Route{Method::kPost, "/api/webhooks/email", Endpoint::kEmailWebhook, kWrite, Need::kCarrier},
    Route{Method::kPost, "/api/provider/mock/inbound", Endpoint::kMockInbound, kWrite, Need::kCarrier},
    Route{Method::kGet, "/api/provider/mock/config", Endpoint::kGetFaults, kRead, Need::kAdmin},
    Route{Method::kPut, "/api/provider/mock/config", Endpoint::kSetFaults, kWrite, Need::kAdmin},
    Route{Method::kGet, "/api/conversations", Endpoint::kListConversations, kRead, Need::kRead},
    Route{Method::kGet, "/api/conversations/{id}", Endpoint::kGetConversation, kRead, Need::kRead},
    Route{Method::kGet, "/api/conversations/{id}/messages", Endpoint::kListConversationMessages, kRead, Need::kRead},
    Route{Method::kGet, "/api/providers", Endpoint::kListProviders, kRead, Need::kRead},
    Route{Method::kGet, "/api/providers/{name}", Endpoint::kGetProvider, kRead, Need::kRead},
    Route{Method::kPost, "/api/providers/{name}/enable", Endpoint::kEnableProvider, kOrder, Need::kAdmin},
    Route{Method::kPost, "/api/providers/{name}/disable", Endpoint::kDisableProvider, kOrder, Need::kAdmin},
    Route{Method::kGet, "/api/providers/{name}/config", Endpoint::kGetProviderConfig, kRead, Need::kAdmin},
    Route{Method::kPut, "/api/providers/{name}/config", Endpoint::kSetProviderConfig, kWrite, Need::kAdmin},
    Route{Method::kDelete, "/api/providers/{name}/config", Endpoint::kResetProviderConfig, kOrder, Need::kAdmin},
    Route{Method::kGet, "/livez", Endpoint::kLive, kProbe, Need::kNothing},
    Route{Method::kGet, "/readyz", Endpoint::kReady, kProbe, Need::kNothing},
    Route{Method::kGet, "/metrics", Endpoint::kMetrics, kProbe, Need::kNothing},
};

// Every method, every body, every path behind it: a carrier decides what it sends.
constexpr std::string_view kWebhook = "/api/providers/{name}/webhook";
constexpr std::size_t kWebhookSegments = 4;
constexpr Traits kWebhookTraits{false, false, true};

constexpr std::size_t kMaxSegments = 6;

struct Segments {
  std::array<std::string_view, kMaxSegments> at{};
  std::size_t count = 0;
};

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
      const auto octet = escaped_octet(path, i);
      if (!octet) return std::nullopt;
      c = *octet;
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

// Where the first `count` segments of a path end; nothing when it has fewer.
std::optional<std::size_t> end_of_segments(std::string_view path, std::size_t count) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (end >= path.size() || path[end] != '/') return std::nullopt;
    end = std::min(path.find('/', end + 1), path.size());
  }
  return end;
}

// What stands behind the webhook is not looked at: not even whether it could be decoded.
std::optional<Match> webhook(std::string_view path) {
  const auto end = end_of_segments(path, kWebhookSegments);
  if (!end) return std::nullopt;
  const auto plain = decoded(path.substr(0, *end));
  if (!plain) return std::nullopt;
  const auto segments = split(*plain);
  std::string_view name;
  if (!segments || !fits(*segments, kWebhook, name)) return std::nullopt;
  return Match{Endpoint::kProviderWebhook, kWebhookTraits, std::string(name), path.substr(*end), Need::kPlugin};
}

}  // namespace

bool is_guarded(std::string_view path) {
  constexpr std::string_view kRoot = "/api";
  return path.substr(0, kRoot.size()) == kRoot && (path.size() == kRoot.size() || path[kRoot.size()] == '/');
}

tl::expected<Match, Miss> Router::resolve(Method method, std::string_view path) const {
  const Method wanted = method == Method::kHead ? Method::kGet : method;
  if (path == health_path_) {
    if (wanted == Method::kGet) return Match{Endpoint::kHealth, kProbe, {}, {}, Need::kNothing};
    return tl::make_unexpected(Miss{Miss::Reason::kMethod, std::string(name_of(Method::kGet))});
  }
  if (auto match = webhook(path)) return *std::move(match);
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
    if (route.method == wanted) return Match{route.endpoint, route.traits, std::string(parameter), {}, route.need};
    pattern = route.pattern;
  }
  if (pattern.empty()) return tl::make_unexpected(Miss{});
  return tl::make_unexpected(Miss{Miss::Reason::kMethod, allowed_methods(pattern)});
}

}  // namespace herald::api
