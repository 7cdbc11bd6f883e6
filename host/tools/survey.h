// What `herald plugin list` lists.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "domain/ports.h"

namespace herald::tools {

// The plugins of the settings' folder, each tried in a child process: `executable` (absolute) run as its own probe. The
// copies that are tried stand in a folder of this call's own, gone when it returns: a host that serves from the same
// settings is not disturbed. The error says which folder cannot be read or made, and the cure.
base::Result<std::vector<domain::ProviderInfo>> survey_plugins(const config::Settings& settings,
                                                               const std::filesystem::path& executable);

}  // namespace herald::tools
