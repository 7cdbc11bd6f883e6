// What Herald takes as the URL of an attachment.
#pragma once

#include <optional>
#include <string_view>

namespace herald::intake {

// Octets; what browsers and carriers' gateways commonly bear.
inline constexpr std::size_t kMaxUrl = 2048;

// An absolute http or https URL (RFC 3986, RFC 9110 section 4.2) of ASCII characters with a host. Nothing when it is
// one; else what is wrong, for a client. Any thread.
std::optional<std::string_view> fault_of_http_url(std::string_view url);

}  // namespace herald::intake
