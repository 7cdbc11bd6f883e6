// What a configuration holds that is never shown: each property that the plugin's schema marks "writeOnly": true, in
// nested objects and array items too. Stateless; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace herald::providers {

// How a secret is shown, and how a client says that one stays what it is.
inline constexpr std::string_view kMask = "***";

// `json`, an object, with every secret replaced by "***". When the schema leaves open which of several forms a value
// has, what any of them marks is a secret.
std::string with_secrets_masked(std::string_view schema, std::string_view json);

// `json` with each secret that reads "***" replaced by the one at the same place of `in_force`. kInvalid, with the
// place and no value: there is no such secret in force, or `json` is no JSON object.
base::Result<std::string> with_secrets_of(std::string_view in_force, std::string_view schema, std::string_view json);

// `text`, which a plugin wrote about `json`, with every secret in it replaced by "***".
std::string without_secrets(std::string text, std::string_view schema, std::string_view json);

}  // namespace herald::providers
