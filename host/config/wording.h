// How refusals speak: values in quotes, and the name that a slip was meant for. Private to the room and its tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace herald::config {

// In quotes, control characters escaped, cut at 80 bytes.
std::string in_quotes(std::string_view text);

// With control characters, those of C1 and U+2028 and U+2029 among them, written \xNN byte by byte, and a backslash
// before each character of `also`.
std::string escaped(std::string_view text, std::string_view also = {});

// The candidate that `text` is likely a slip of; empty when none is near. Case, "API_", leading dashes and the choice
// between '-', '_' and '.' make no difference.
std::string nearest(std::string_view text, const std::vector<std::string>& candidates);

// "; did you mean --port?", or nothing.
std::string did_you_mean(std::string_view text, const std::vector<std::string>& candidates);

}  // namespace herald::config
