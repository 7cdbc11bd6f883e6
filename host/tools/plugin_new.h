// `herald plugin new`: a folder with everything that a provider of one's own begins with.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/channel.h"

namespace herald::tools {

struct NewPlugin {
  std::string name;                       // as abi.h allows it
  std::vector<domain::Channel> channels;  // at least one, each once
  std::filesystem::path folder;
};

// Reads NAME, --channels LIST and --dir DIR. The error (kInvalid) names what was found, what is expected, and the cure.
base::Result<NewPlugin> parse_new_plugin(const std::vector<std::string>& arguments);

// Writes the files into the plugin's folder, which is made and must be empty if it is there; their names. After an
// error nothing of it is left. No file that was there before is ever written to.
base::Result<std::vector<std::string>> write_new_plugin(const NewPlugin& plugin);

// The folder of the SDK's CMake package that belongs to this executable (absolute): of its build tree, or of its
// installation. Empty when neither is there.
std::filesystem::path own_sdk_dir(const std::filesystem::path& executable);

// The whole command: parses, writes, and tells the next steps on `out`. The exit status.
int new_plugin(const std::vector<std::string>& arguments, const std::filesystem::path& executable, std::ostream& out,
               std::ostream& err);

}  // namespace herald::tools
