// What a command line asks for: the verb, and what goes on to the settings.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace herald::tools {

enum class Verb {
  kServe,
  kBackup,
  kBench,
  kKey,
  kPluginList,
  kPluginNew,
  kPluginProbe,
  kPluginCheck,
  kPluginCheckTest,
  kHelp,
  kServeHelp,
  kBackupHelp,
  kBenchHelp,
  kKeyHelp,
  kPluginHelp,
  kPluginNewHelp,
  kPluginCheckHelp,
  kVersion
};

struct Command {
  Verb verb = Verb::kServe;
  std::vector<std::string> flags{};  // for config::load; of `bench`, `key`, `plugin check|new` all of theirs
  bool json = false;                 // of `plugin list`
  std::string file{};                // of `plugin-probe` and `backup`
  bool force = false;                // of `backup`
};

// `arguments` without the program's own name. No verb means serve; --help and --version count wherever they stand. The
// error (kInvalid) is fit to be printed.
base::Result<Command> parse_command(const std::vector<std::string>& arguments);

}  // namespace herald::tools
