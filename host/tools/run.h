// One run of the command line, from its arguments to the exit status.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "domain/ports.h"
#include "tools/back_up.h"
#include "tools/exit_status.h"
#include "tools/key_command.h"

namespace herald::tools {

struct Invocation {
  std::vector<std::string> arguments;  // without the program's own name
  std::map<std::string, std::string> environment;
  std::filesystem::path executable;  // absolute
};

// What the verbs do; called at most one a run, on the calling thread.
struct Verbs {
  std::function<int(const config::Settings&)> serve;  // the exit status
  std::function<base::Result<std::vector<domain::ProviderInfo>>(const config::Settings&)> list_plugins;
  std::function<int(const config::Settings&, const BackupCommand&, std::ostream& out, std::ostream& err)>
      back_up;  // the exit status
  std::function<int(const KeyCommand&, const config::Settings&, std::ostream& out, std::ostream& err)>
      keys;                                           // the exit status
  std::function<int(const std::string& file)> probe;  // the exit status, when it returns
  std::function<int(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err)>
      check_plugin;  // the exit status
  std::function<int(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err)>
      bench;                            // the exit status
  std::function<int()> run_check_test;  // a child of check_plugin; the exit status, when it returns
};

// Results go to `out`, all else to `err`.
int run(const Invocation& invocation, const Verbs& verbs, std::ostream& out, std::ostream& err);

}  // namespace herald::tools
