// What a plugin says came of a message, made into the host's own closed vocabulary.
#pragma once

#include <string>

#include <herald/abi.h>

#include "domain/outcome.h"

namespace herald::providers {

// Copies within the bounds of abi.h, as valid UTF-8, and reads no further than the structure says it goes. What makes
// no sense (NULL, a structure too short for a code, an unknown code) becomes kError with the error code "bad_outcome".
domain::Outcome copy_outcome(const herald_outcome* outcome);

// An outcome that the host makes itself.
domain::Outcome own_outcome(domain::OutcomeKind kind, std::string error_code);

}  // namespace herald::providers
