#include "tools/wiring.h"

#include <unistd.h>

#include <utility>

#include "app/serve.h"
#include "providers/probe.h"
#include "tools/survey.h"

namespace herald::tools {

Verbs real_verbs(std::filesystem::path executable) {
  Verbs verbs;
  verbs.serve = app::serve;
  verbs.list_plugins = [executable = std::move(executable)](const config::Settings& settings) {
    return survey_plugins(settings, executable);
  };
  verbs.probe = [](const std::string& file) -> int {
    providers::probe_main(std::filesystem::absolute(file), STDOUT_FILENO);
  };
  return verbs;
}

}  // namespace herald::tools
