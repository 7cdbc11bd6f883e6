// The plugin folder, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "domain/ports.h"

namespace herald::tools {

// A table with a heading; a line saying so when there is none.
std::string plugin_table(const std::vector<domain::ProviderInfo>& plugins, const std::string& folder);

// {"items": [...]}, with the names of the REST contract.
std::string plugin_json(const std::vector<domain::ProviderInfo>& plugins);

}  // namespace herald::tools
