// What the settings take from the machine: their file's text, and where the plugins are.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace herald::config {

// The file's text, at most 1 MiB. The error says what stands at `path` instead, and the cure.
base::Result<std::string> read_settings_file(const std::string& path);

// The plugins that came with the executable: "plugins" beside it (a build), else the installation's folder. The first
// of the two that is a folder; the first of all when neither is, so that a message can name it.
std::string own_plugin_dir(const std::filesystem::path& executable);

}  // namespace herald::config
