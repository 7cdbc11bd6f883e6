// Base 64 (RFC 4648 section 4), as other systems write secrets and signatures.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace herald::base {

// The octets that `text` writes, with its padding; nothing for any other text. Pure.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace herald::base
