// What is wrong with a document that does not fit its schema, in words for whoever wrote it. Private to
// config_schema.cpp: it knows JSON.
#pragma once

#include <functional>
#include <vector>

#include <nlohmann/json.hpp>

#include "domain/ports.h"

namespace herald::providers {

// Whether a value fits a schema that stands alone.
using Fits = std::function<bool(const nlohmann::json& schema, const nlohmann::json& value)>;

// Every fault by its place: the member that is missing, unknown or wrong, and what must hold there. Shows values of the
// schema's, and none of the document's, which may be secrets. Nothing for a fault that lies in no keyword of draft 7
// that is known here; at most 50.
std::vector<domain::DocumentFault> schema_faults(const nlohmann::json& schema, const nlohmann::json& document,
                                                 const Fits& fits);

}  // namespace herald::providers
