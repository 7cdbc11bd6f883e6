// What `herald plugin list` and `herald plugin check` show.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "domain/ports.h"
#include "providers/options.h"

namespace herald::providers {

// Every plugin in the folder as a host with these options would take it, in the order of file names. Each file is
// probed in a child process; nothing is loaded or started here, so what fails at configure or start is not seen. The
// error when the folder cannot be read. `options.private_dir` must not be that of a running host.
base::Result<std::vector<domain::ProviderInfo>> list_plugins(const Options& options);

// One file, wherever it is; refused or not is in the state.
base::Result<domain::ProviderInfo> check_plugin(const std::filesystem::path& file, const Options& options);

}  // namespace herald::providers
