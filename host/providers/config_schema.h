// JSON Schema (draft 7): a plugin's description of its configuration, and the check of a configuration against it.
// Stateless; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/ports.h"

namespace herald::providers {

// Passes when `schema` is empty or a JSON Schema that can be checked against: one object, no reference to another
// document, at most 256 KiB, nested at most 64 deep.
base::Status check_schema(std::string_view schema);

// Passes when `json` is a JSON object of at most 256 KiB, nested at most 64 deep. The error shows nothing of it.
base::Status check_document(std::string_view json);

// What of such an object is not valid against `schema`: each place and what must hold there, and no value, which may be
// a secret. Nothing when it is valid. kInvalid when the object, or the schema, cannot be checked at all.
base::Result<std::vector<domain::DocumentFault>> config_faults(std::string_view schema, std::string_view json);

// All of them in one text.
base::Error unfit_error(const std::vector<domain::DocumentFault>& faults);

// Passes when `json` is such an object that is valid against `schema`. The error names the place in the document and
// the rule; no value of it, which may be a secret.
base::Status check_config(std::string_view schema, std::string_view json);

}  // namespace herald::providers
