// What a text from outside must be before it is kept. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace herald::domain {

// The number of characters (code points) of well-formed UTF-8 (no overlong form, no surrogate, nothing above U+10FFFF);
// nothing for any other text.
std::optional<std::size_t> utf8_length(std::string_view text);

// Well-formed UTF-8 without C0 and C1 controls, DEL, U+2028 and U+2029: nothing that could end a line.
bool is_clean_utf8(std::string_view text);

// Nothing but white space (Unicode's White_Space), or nothing at all.
bool is_blank(std::string_view text);

}  // namespace herald::domain
