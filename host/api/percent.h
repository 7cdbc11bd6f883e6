// Percent-encoding (RFC 3986 section 2.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace herald::api {

// The octet that "%" and two hexadecimal digits at `position` of `text` stand for; nothing when they do not.
std::optional<char> escaped_octet(std::string_view text, std::size_t position);

// Nothing when a percent sign is not followed by two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace herald::api
