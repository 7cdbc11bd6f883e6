// A configuration that a plugin's schema takes, for want of one from the operator.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace herald::tools::check {

// The smallest JSON object that `schema` (a draft 7 schema that can be checked against, or empty) takes: the required
// members alone, each with its constant, its default, the first of its enumeration or its examples, else the least that
// its type allows. The error says what could not be made; a text with a pattern, for one. Stateless; any thread.
base::Result<std::string> made_config(std::string_view schema);

}  // namespace herald::tools::check
