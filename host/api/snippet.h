// The beginning of a body, for a list.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace herald::api {

inline constexpr std::size_t kSnippetCharacters = 100;  // code points

// Runs of ASCII white space are one space, and there is none at the beginning. Every character of UTF-8 stays whole.
std::string snippet_of(std::string_view body);

}  // namespace herald::api
