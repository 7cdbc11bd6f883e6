#include "tools/check/runner.h"

#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>
#include <system_error>

#include "base/mutex.h"
#include "base/random.h"
#include "base/worker.h"
#include "tools/check/child.h"
#include "tools/check/child_messages.h"
#include "tools/check/child_process.h"
#include "tools/interruption.h"

namespace herald::tools::check {
namespace {

std::string during(const ChildReport& report) {
  return report.step.empty() ? "before the test began" : "while " + report.step;
}

std::string signal_name(int signal) {
  const char* const name = ::sigabbrev_np(signal);
  const char* const meaning = ::sigdescr_np(signal);
  return (name == nullptr ? "signal " + std::to_string(signal) : "SIG" + std::string(name)) + " (" +
         (meaning == nullptr ? "unknown" : meaning) + ")";
}

Finding hung(const ChildReport& report, std::chrono::milliseconds timeout) {
  return {State::kFailed, "no end after " + std::to_string(timeout.count()) + " ms, " + during(report),
          "every call of the plugin's to return",
          "look for what it waits for there; a plugin that is merely slow gets more time by --timeout"};
}

Finding killed(const ChildReport& report, int signal) {
  return {State::kFailed, "the process died of " + signal_name(signal) + " " + during(report),
          "a plugin to live through whatever the contract allows the host",
          "run the test again under a debugger: gdb --args with the command below and `set follow-fork-mode child`"};
}

Finding ended(const ChildReport& report, int status) {
  return {
      State::kFailed,
      "the process ended with status " + std::to_string(status) + " " + during(report) + ", before the test was over",
      "a plugin not to end its process, nor to close descriptors that are not its own",
      "look for exit, _exit, quick_exit and closefrom in the plugin and in the libraries that it brings"};
}

Finding died(const ChildEnd& end, const ChildReport& report, std::chrono::milliseconds timeout) {
  if (end.timed_out) return hung(report, timeout);
  if (WIFSIGNALED(end.wait_status)) return killed(report, WTERMSIG(end.wait_status));
  return ended(report, WEXITSTATUS(end.wait_status));
}

Finding judged(const ChildEnd& end, ChildReport report, std::chrono::milliseconds timeout) {
  const bool over = !end.timed_out && report.finding.has_value();
  // A finding that names a broken promise tells more than the end that may have come of it.
  const bool telling = over && report.finding->state != State::kPassed;
  if (telling || (over && end.wait_status == 0)) return *std::move(report.finding);
  Finding finding = died(end, report, timeout);
  if (report.preparing) finding = {State::kBlocked, finding.found, {}, {}};
  return finding;
}

// What the workers tell each other.
class Progress {
 public:
  explicit Progress(const RunPlan& plan) : plan_(plan) {}

  std::vector<std::string> hanging() HERALD_EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    return hanging_;
  }
  void hangs(const std::string& step) HERALD_EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    if (std::find(hanging_.begin(), hanging_.end(), step) == hanging_.end()) hanging_.push_back(step);
  }
  void one_more() HERALD_EXCLUDES(mutex_) {
    const base::MutexLock lock(mutex_);
    plan_.on_progress(++over_);
  }

 private:
  const RunPlan& plan_;
  base::Mutex mutex_;
  std::vector<std::string> hanging_ HERALD_GUARDED_BY(mutex_);
  std::size_t over_ HERALD_GUARDED_BY(mutex_) = 0;
};

base::Result<Outcome> run_one(const RunPlan& plan, const Test& test, Progress& progress) {
  const auto folder = plan.scratch / std::string(test.id);
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  if (error) {
    return base::fail(base::ErrorCode::kUnavailable, "no folder " + folder.string() + " for a test: " +
                                                         error.message() + "; set TMPDIR to one with room");
  }
  SealedOrder sealed{plan.order, std::to_string(base::entropy_seed())};
  sealed.order.test = test.id;
  sealed.order.hanging = progress.hanging();
  ChildPlan child;
  child.arguments = {plan.executable.string(), std::string(kChildCommand)};
  child.input = text_of(sealed);
  child.folder = folder;
  child.timeout = plan.order.timeout;
  child.given_up = [] { return Interruption::asked(); };
  auto end = run_child_process(child);
  if (!end) return tl::make_unexpected(end.error());
  Outcome outcome;
  outcome.test = &test;
  auto report = parse_report(end->report, sealed.seal);
  if (end->timed_out && report.preparing) progress.hangs(report.step);
  outcome.finding = judged(*end, std::move(report), plan.order.timeout);
  outcome.printed = std::move(end->printed);
  outcome.took = end->took;
  return outcome;
}

}  // namespace

base::Result<std::vector<Outcome>> run_tests(const RunPlan& plan) {
  // Each slot is written by the one worker that took its number, and read when all are joined.
  std::vector<std::optional<base::Result<Outcome>>> slots(plan.tests.size());
  std::atomic<std::size_t> next{0};
  Progress progress(plan);
  {
    std::vector<base::Worker> workers;
    const auto width = std::min<std::size_t>(std::max(plan.jobs, 1U), plan.tests.size());
    for (std::size_t i = 0; i < width; ++i) {
      workers.emplace_back("plugin-check", [&plan, &slots, &next, &progress] {
        for (auto at = next++; at < slots.size() && !Interruption::asked(); at = next++) {
          slots[at] = run_one(plan, *plan.tests[at], progress);
          progress.one_more();
        }
      });
    }
  }
  if (Interruption::asked()) return base::fail(base::ErrorCode::kUnavailable, "stopped by a signal");
  std::vector<Outcome> outcomes;
  for (auto& slot : slots) {
    if (!*slot) return tl::make_unexpected(slot->error());
    outcomes.push_back(std::move(**slot));
  }
  return outcomes;
}

}  // namespace herald::tools::check
