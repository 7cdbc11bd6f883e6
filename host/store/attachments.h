// A list of attachments as one column: netstrings ("5:abcde,"), which hold any bytes without escaping. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace herald::store {

// Empty for an empty list.
std::string encode_attachments(const std::vector<std::string>& attachments);

// Nothing when `text` is not what encode_attachments writes.
std::optional<std::vector<std::string>> decode_attachments(std::string_view text);

}  // namespace herald::store
