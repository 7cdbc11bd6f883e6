// A first look at a file's bytes, before anything executes them: what is wrong with a text file, a truncated copy or
// another machine's library can be said without a loader.
#pragma once

#include <string_view>

#include "base/result.h"

namespace herald::providers {

// Passes when `bytes` are an ELF shared object of this machine whose segments all lie within the file. The error says
// what was found.
base::Status check_elf(std::string_view bytes);

}  // namespace herald::providers
