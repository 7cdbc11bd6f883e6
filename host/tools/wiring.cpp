#include "tools/wiring.h"

#include <unistd.h>

#include <utility>

#include "app/serve.h"
#include "providers/probe.h"
#include "tools/check/check.h"
#include "tools/check/child.h"
#include "tools/survey.h"

namespace herald::tools {

Verbs real_verbs(std::filesystem::path executable) {
  Verbs verbs;
  verbs.serve = app::serve;
  verbs.check_plugin = [executable](const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) {
    return check::check_plugin(arguments, executable, out, err);
  };
  verbs.run_check_test = []() -> int { check::child_main(); };
  verbs.list_plugins = [executable = std::move(executable)](const config::Settings& settings) {
    return survey_plugins(settings, executable);
  };
  verbs.probe = [](const std::string& file) -> int {
    providers::probe_main(std::filesystem::absolute(file), STDOUT_FILENO);
  };
  return verbs;
}

}  // namespace herald::tools
