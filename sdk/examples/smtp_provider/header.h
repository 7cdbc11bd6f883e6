// Header fields of a mail: folding, encoded words, dates.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace smtp {

/// True for UTF-8 without control characters: what can be written into a header and read back unchanged.
bool fits_header(std::string_view text);

/// "Name: value" with its CRLF, where `value` fits_header. Plain ASCII stays readable and is folded at its spaces;
/// anything else becomes encoded words (RFC 2047), so that a reader gets back exactly `value`. No line is longer than
/// 78 characters, unless `name` is.
std::string text_header(std::string_view name, std::string_view value);

/// "Name: address", or "Name: display name <address>", with its CRLF. `address` has no mailbox_fault.
std::string address_header(std::string_view name, std::string_view display_name, std::string_view address);

/// A date as in RFC 5322 section 3.3, in UTC and independent of the locale. Years outside 1900 to 9999 cannot be
/// written there; they are cut to the next that can.
std::string mail_date(std::chrono::system_clock::time_point time);

/// Base64 with a CRLF after every 76 characters and at the end; nothing for nothing.
std::string base64_lines(std::string_view bytes);

}  // namespace smtp
