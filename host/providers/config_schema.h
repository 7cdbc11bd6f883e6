// JSON Schema (draft 7): a plugin's description of its configuration, and the check of a configuration against it.
// Stateless; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace herald::providers {

// Passes when `schema` is empty or a JSON Schema that can be checked against: one object, no reference to another
// document, at most 256 KiB, nested at most 64 deep.
base::Status check_schema(std::string_view schema);

// Passes when `json` is a JSON object of at most 256 KiB, nested at most 64 deep. The error shows nothing of it.
base::Status check_document(std::string_view json);

// Passes when `json` is such an object that is valid against `schema`. The error names the place in the document and
// the rule; no value of it, which may be a secret.
base::Status check_config(std::string_view schema, std::string_view json);

}  // namespace herald::providers
