// What `--help` and `--version` print.
#pragma once

#include <string>

namespace herald::tools {

std::string help_text();
std::string serve_help_text();
std::string plugin_help_text();
std::string plugin_new_help_text();
std::string backup_help_text();
std::string key_help_text();
std::string plugin_check_help_text();
std::string version_text();

}  // namespace herald::tools
