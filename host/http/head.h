// The head of a request: its request line, and what its fields mean for framing. Stricter than llhttp 8.1, whose own
// checks of the fields' characters and of Content-Length come on top. All functions are pure.
#pragma once

#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "http/message.h"

namespace herald::http {

// Why a request is refused for its framing. All texts are fixed and fit for a client.
struct FramingFault {
  int status = 400;
  std::string_view code = "malformed_request";
  std::string_view detail;
};

inline tl::unexpected<FramingFault> malformed(std::string_view detail) {
  return tl::make_unexpected(FramingFault{400, "malformed_request", detail});
}

// The path of an absolute-form target that has none; the only view of a request line that is not into its text.
inline constexpr std::string_view kRootPath = "/";

struct RequestLine {
  Method method = Method::kOther;
  std::string_view method_text;
  std::string_view path;
  std::string_view query;
  bool http10 = false;
};

// `line` without its CRLF. RFC 9112 section 3: one space between the parts; origin-form, absolute-form (http or https,
// its authority checked and dropped), or "*" for OPTIONS. Any method that is a token of at most 32 characters;
// CONNECT's target is refused. 505 for a version that is neither 1.0 nor 1.1.
tl::expected<RequestLine, FramingFault> parse_request_line(std::string_view line);

// Whether `start`, the beginning of a line still to come, can grow into a request line: lets another protocol's first
// bytes be refused at once instead of at the head's timeout.
bool may_begin_request_line(std::string_view start);

struct HeadMeaning {
  bool chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;
};

// Host (RFC 9112 section 3.2), Transfer-Encoding (6.1), Connection (RFC 9110 section 7.6.1) and Expect (10.1.1).
// Refuses: no Host in 1.1, two Hosts, a Host that is no host; Transfer-Encoding in 1.0, twice, or other than "chunked";
// 417 for an expectation other than 100-continue.
tl::expected<HeadMeaning, FramingFault> read_head_fields(const std::vector<Header>& fields, bool http10);

}  // namespace herald::http
