// Media types and lists of them, as header fields write them (RFC 9110 sections 5.6 and 8.3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace herald::api {

// Views into the field's value.
struct MediaType {
  std::string_view type;                                                  // may be "*"
  std::string_view subtype;                                               // may be "*"
  std::vector<std::pair<std::string_view, std::string_view>> parameters;  // values without their quotes
};

bool equal_without_case(std::string_view a, std::string_view b);

// The parts of `list` between `separator`s that stand outside quoted strings, without the white space around them.
std::vector<std::string_view> split_outside_quotes(std::string_view list, char separator);

// False when `text` is no media type; `out` is then undefined. A lone "*" means "*/*", as old clients write it.
bool parse_media_type(std::string_view text, MediaType& out);

}  // namespace herald::api
