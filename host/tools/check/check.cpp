#include "tools/check/check.h"

#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <optional>
#include <ostream>
#include <sstream>
#include <system_error>
#include <thread>

#include <herald/abi.h>

#include "base/random.h"
#include "base/result.h"
#include "config/wording.h"
#include "providers/config_schema.h"
#include "providers/probe.h"
#include "tools/check/made_config.h"
#include "tools/check/options.h"
#include "tools/check/orphans.h"
#include "tools/check/report.h"
#include "tools/check/runner.h"
#include "tools/exit_status.h"
#include "tools/interruption.h"
#include "tools/scratch_folder.h"

namespace herald::tools::check {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kMostJobsUnasked = 4;
constexpr std::uint64_t kSeedMask = 0xFFFF'FFFFU;  // short enough to be typed
// The plugin is only described by it: a test of its own finds what hangs there.
constexpr std::chrono::milliseconds kLongestProbe{10'000};
constexpr std::size_t kMaxConfigBytes = 16UL << 20U;

tl::unexpected<base::Error> unreadable(const std::string& what, const std::string& file, const std::string& why) {
  return base::fail(base::ErrorCode::kInvalid, what + " " + config::in_quotes(file) + " " + why);
}

base::Result<std::vector<const Test*>> chosen_tests(const Options& options) {
  std::vector<const Test*> chosen;
  std::vector<std::string> ids;
  for (const Test& test : all_tests()) {
    ids.emplace_back(test.id);
    const bool wanted = std::any_of(options.only.begin(), options.only.end(), [&ids](const std::string& pattern) {
      return ::fnmatch(pattern.c_str(), ids.back().c_str(), 0) == 0;
    });
    if (wanted || options.only.empty()) chosen.push_back(&test);
  }
  if (!chosen.empty()) return chosen;
  return base::fail(base::ErrorCode::kInvalid, "no test is called " + config::in_quotes(options.only.front()) +
                                                   config::did_you_mean(options.only.front(), ids) +
                                                   "; `herald plugin check --list` names them");
}

base::Result<fs::path> absolute_file(const std::string& name) {
  std::error_code error;
  const fs::path file = fs::absolute(name, error);
  if (!error && fs::is_regular_file(file, error) && std::ifstream(file).is_open()) return file;
  return unreadable("the file", name, "cannot be read: " + (error ? error.message() : "it is no readable file"));
}

base::Result<std::string> read_config(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf()) || text.str().size() > kMaxConfigBytes)
    return unreadable("the configuration", name, "cannot be read; expected a file with a JSON object");
  return text.str();
}

std::string quoted_for_shell(const std::string& text) {
  if (!text.empty() &&
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=+@%,") ==
          std::string::npos) {
    return text;
  }
  std::string quoted = "'";
  for (const char c : text)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string rerun_command(const Options& options, std::uint64_t seed, const fs::path& executable) {
  std::string command = quoted_for_shell(executable.string()) + " plugin check --seed " + std::to_string(seed);
  if (!options.config.empty()) command += " --config " + quoted_for_shell(options.config);
  if (options.timeout != Options().timeout) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options.timeout);
    command += " --timeout " + std::to_string(seconds.count());
  }
  const bool like_a_flag = options.file.rfind('-', 0) == 0;
  return command + " " + quoted_for_shell(like_a_flag ? "./" + options.file : options.file);
}

std::string described(const providers::Descriptor& plugin) {
  return plugin.name + " " + plugin.version + ", plugin ABI " + std::to_string(plugin.abi_major) + "." +
         std::to_string(plugin.abi_minor) + ", SDK " + plugin.sdk_version;
}

// What the plugin is started with: the operator's, held against the schema as the host does, or one made for it.
base::Status choose_config(const Options& options, const base::Result<providers::Descriptor>& plugin, RunPlan& plan,
                           Report& report) {
  const std::string schema = plugin ? plugin->config_schema : std::string();
  if (!options.config.empty()) {
    const auto given = read_config(options.config);
    if (!given) return tl::make_unexpected(given.error());
    if (const auto fits = providers::check_config(schema, *given); !fits) {
      return unreadable("the configuration", options.config, "cannot be used: " + fits.error().message);
    }
    plan.order.config = *given;
    report.config = "from " + options.config;
    return {};
  }
  const auto made = made_config(schema);
  if (made) {
    plan.order.config = *made;
    report.config = *made + " (made from its schema; --config gives another)";
    return {};
  }
  plan.order.config_problem = "no configuration that its schema takes could be made (" + made.error().message +
                              "); give one with --config FILE";
  report.config = "none: " + plan.order.config_problem;
  return {};
}

base::Status write_report(const std::string& name, const std::string& text, std::ostream& out) {
  if (name == "-") {
    out << text << std::flush;
    if (out) return {};
    return base::fail(base::ErrorCode::kUnavailable, "standard output cannot be written; is the disk full?");
  }
  std::ofstream file(name, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) return {};
  return unreadable("the report", name, "cannot be written; check its folder and the disk's room");
}

unsigned jobs_of(const Options& options) {
  if (options.jobs != 0) return options.jobs;
  return std::clamp(std::thread::hardware_concurrency(), 1U, kMostJobsUnasked);
}

// One line that is written over itself, where a person looks on; a file or a pipe gets the report alone.
class ProgressLine {
 public:
  explicit ProgressLine(std::size_t tests) : tests_(tests), seen_(::isatty(STDERR_FILENO) == 1) { show(0); }
  ~ProgressLine() {
    if (seen_) std::cerr << "\r\x1b[K" << std::flush;
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(std::size_t over) const {
    if (seen_) std::cerr << "\r" << over << " of " << tests_ << " tests" << std::flush;
  }

 private:
  const std::size_t tests_;
  const bool seen_;
};

base::Result<Report> run_all(const Options& options, const std::vector<const Test*>& tests,
                             const fs::path& executable) {
  const auto file = absolute_file(options.file);
  if (!file) return tl::make_unexpected(file.error());
  const auto scratch = ScratchFolder::make("herald-plugin-check");
  if (!scratch) return tl::make_unexpected(scratch.error());
  const Orphans orphans;
  const auto begin = std::chrono::steady_clock::now();
  const auto plugin = providers::Probe(executable, std::min(options.timeout, kLongestProbe)).try_out(*file);
  Report report;
  report.file = options.file;
  report.plugin = plugin ? described(*plugin) : "refused: " + plugin.error().message;
  report.seed = options.seed.value_or(base::entropy_seed() & kSeedMask);
  report.rerun = rerun_command(options, report.seed, executable);
  RunPlan plan;
  plan.executable = executable;
  plan.scratch = scratch->path();
  plan.tests = tests;
  plan.jobs = jobs_of(options);
  plan.order.file = *file;
  plan.order.seed = report.seed;
  plan.order.timeout = options.timeout;
  if (const auto chosen = choose_config(options, plugin, plan, report); !chosen)
    return tl::make_unexpected(chosen.error());
  const ProgressLine line(tests.size());
  plan.on_progress = [&line](std::size_t over) { line.show(over); };
  auto outcomes = run_tests(plan);
  if (!outcomes) return tl::make_unexpected(outcomes.error());
  report.outcomes = *std::move(outcomes);
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  return report;
}

base::Status write_reports(const Options& options, const Report& report, std::ostream& out) {
  base::Status written;
  if (!options.json.empty()) written = write_report(options.json, report_json(report), out);
  if (written && !options.junit.empty()) written = write_report(options.junit, report_junit(report), out);
  const bool for_programs = options.json == "-" || options.junit == "-";
  if (written && !for_programs) written = write_report("-", report_text(report), out);
  return written;
}

int refuse(const base::Error& error, std::ostream& err) {
  err << "herald: " << error.message << "\n";
  return kWrongUsage;
}

}  // namespace

int check_plugin(const std::vector<std::string>& arguments, const fs::path& executable, std::ostream& out,
                 std::ostream& err) {
  const auto options = parse_options(arguments);
  if (!options) return refuse(options.error(), err);
  const auto tests = chosen_tests(*options);
  if (!tests) return refuse(tests.error(), err);
  if (options->list) {
    const auto listed = write_report("-", test_list(*tests), out);
    return listed ? kDone : refuse(listed.error(), err);
  }
  const Interruption interruption;
  const auto report = run_all(*options, *tests, executable);
  if (Interruption::asked()) Interruption::end_process();
  if (!report) return refuse(report.error(), err);
  if (const auto written = write_reports(*options, *report, out); !written) return refuse(written.error(), err);
  return report->all_hold() ? kDone : kFailed;
}

}  // namespace herald::tools::check
