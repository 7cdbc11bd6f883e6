// Where in a document the secrets stand. Private to secrets.cpp and its tests' subject: it knows JSON.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

namespace herald::providers {

// The places in `document` that `schema` marks "writeOnly": true; nothing below one of them is named. Follows every
// keyword of draft 7 that applies a schema to a part of a value, whether or not the value fits it, and references
// within the schema.
std::vector<nlohmann::json::json_pointer> secret_places(const nlohmann::json& schema, const nlohmann::json& document);

}  // namespace herald::providers
