// The files of sdk/template, held in the program, so that it writes them wherever it stands.
#pragma once

#include <string_view>
#include <vector>

namespace herald::tools {

struct TemplateFile {
  std::string_view name;
  std::string_view text;
};

// In the order of their names; valid as long as the process.
const std::vector<TemplateFile>& plugin_template();

}  // namespace herald::tools
