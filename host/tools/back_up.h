// `herald backup`: a copy of a host's database, while it runs.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "config/settings.h"

namespace herald::tools {

struct BackupCommand {
  std::string file;
  bool overwrite = false;
};

// `interrupted` is asked every few milliseconds. How far it is goes to `progress` when that is not null, what was done
// to `out`, faults to `err`; the exit status.
int back_up(const config::Settings& settings, const BackupCommand& command, const std::function<bool()>& interrupted,
            std::ostream* progress, std::ostream& out, std::ostream& err);

}  // namespace herald::tools
