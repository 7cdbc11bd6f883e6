// What `herald bench --help` says.
#pragma once

#include <string>

namespace herald::tools::bench {

std::string help_text();

}  // namespace herald::tools::bench
