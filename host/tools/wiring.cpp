#include "tools/wiring.h"

#include <unistd.h>

#include <iostream>
#include <utility>

#include "app/serve.h"
#include "app/signals.h"
#include "base/clock.h"
#include "base/random.h"
#include "providers/probe.h"
#include "tools/back_up.h"
#include "tools/bench/bench.h"
#include "tools/check/check.h"
#include "tools/check/child.h"
#include "tools/survey.h"

namespace herald::tools {

Verbs real_verbs(std::filesystem::path executable) {
  Verbs verbs;
  verbs.serve = app::serve;
  verbs.back_up = [](const config::Settings& settings, const BackupCommand& command, std::ostream& out,
                     std::ostream& err) {
    const app::StopSignals signals;
    std::ostream* const progress = ::isatty(STDERR_FILENO) != 0 ? &std::cerr : nullptr;
    return back_up(
        settings, command, [&signals] { return signals.pending(); }, progress, out, err);
  };
  verbs.bench = [](const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) {
    const app::StopSignals signals;
    std::ostream* const progress = ::isatty(STDERR_FILENO) != 0 ? &std::cerr : nullptr;
    return bench::bench(
        arguments, [&signals] { return signals.pending(); }, progress, out, err);
  };
  verbs.keys = [](const KeyCommand& command, const config::Settings& settings, std::ostream& out, std::ostream& err) {
    const base::SystemClock clock;
    return run_key_command(command, settings, {clock, base::entropy}, out, err);
  };
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
