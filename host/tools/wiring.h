// The verbs as the program has them: each handed to the room that does the work.
#pragma once

#include <filesystem>

#include "tools/run.h"

namespace herald::tools {

// `executable` is absolute: the program's own file, which plugins are probed with.
Verbs real_verbs(std::filesystem::path executable);

}  // namespace herald::tools
