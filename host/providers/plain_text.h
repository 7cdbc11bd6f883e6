// Text that comes from a plugin, made fit for the host: bounded, valid UTF-8, on one line where a log wants it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <herald/abi.h>

namespace herald::providers {

// True for well-formed UTF-8 (Unicode table 3-7: no overlong form, no surrogate, nothing above U+10FFFF).
bool is_utf8(std::string_view text);

// The longest well-formed UTF-8 of at most `max_bytes` that `text` begins with; each ill-formed byte becomes U+FFFD.
// Reads no more than about `max_bytes` of `text`.
std::string clean_text(std::string_view text, std::size_t max_bytes);

// As clean_text, with control characters written as \n, \t or \xNN, so that a line of a log stays one line. The bound
// holds for the result; what was cut is marked by "..." within it.
std::string one_line(std::string_view text, std::size_t max_bytes);

// The bytes that `text` points at. A NULL pointer reads as empty whatever its size.
inline std::string_view view_of(herald_str text) {
  return text.data == nullptr ? std::string_view{} : std::string_view{text.data, text.size};
}

// `text` as it is handed to a plugin; valid as long as `text` is.
inline herald_str as_str(std::string_view text) {
  return herald_str{text.data(), text.size()};
}

}  // namespace herald::providers
