// The settings as a person reads them.
#pragma once

#include <string>

namespace herald::config {

// Every setting once, in groups: flag, what it does, default, range, variable and file key. Lines of at most 100
// columns.
std::string settings_help();

}  // namespace herald::config
