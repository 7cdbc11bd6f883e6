// A request as a handler sees it, and the response that it gives.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace herald::http {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

struct Header {
  std::string_view name;  // as sent; compare without case
  std::string_view value;
};

// Views into the connection's buffer: valid until handle() returns. A handler that answers later copies what it needs.
struct Request {
  Method method = Method::kOther;
  std::string_view method_text;
  std::string_view path;   // still percent-encoded, without the query
  std::string_view query;  // without "?"
  std::vector<Header> headers;
  std::string_view body;
  std::string_view remote_address;    // of the peer, numeric
  std::chrono::nanoseconds waited{};  // at least, behind others, since it could have been read
  std::string_view request_id;        // from X-Request-Id when that was acceptable, else made

  // The first header of that name, without case.
  std::optional<std::string_view> header(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // without Content-Length, Connection, Date, X-Request-Id
  std::string content_type;                                  // empty: no Content-Type
  std::string body;
  bool close = false;  // close the connection after this answer
};

}  // namespace herald::http
