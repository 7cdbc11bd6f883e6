#include "tools/check/report.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "providers/plain_text.h"

namespace herald::tools::check {
namespace {

constexpr std::size_t kIdWidth = 40;
constexpr std::size_t kMaxReasonBytes = 2000;

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  if (out.size() < width) out.append(width - out.size(), ' ');
  return out;
}

// What a plugin or a file's name says reaches a terminal as one line, without control characters.
std::string shown(std::string_view text) {
  return providers::one_line(text, kMaxReasonBytes);
}

std::string seconds(std::chrono::milliseconds took) {
  std::string tenths = std::to_string((took.count() + 50) / 100);
  if (tenths.size() < 2) tenths.insert(0, "0");
  return tenths.substr(0, tenths.size() - 1) + "." + tenths.back() + " s";
}

std::string result_line(const Outcome& outcome) {
  const bool reasoned = outcome.finding.state == State::kSkipped;
  return "  " + padded(name_of(outcome.finding.state), 9) + padded(outcome.test->id, kIdWidth) +
         (reasoned ? shown(outcome.finding.found) : std::string(outcome.test->promise)) + "\n";
}

std::string explained(const Outcome& outcome, const std::string& rerun) {
  const Finding& finding = outcome.finding;
  std::string text = "\nFAILED " + std::string(outcome.test->id) + "\n";
  text += "  promise   " + std::string(outcome.test->promise) + " [" + std::string(outcome.test->source) + "]\n";
  text += "  found     " + shown(finding.found) + "\n";
  text += "  expected  " + shown(finding.expected) + "\n";
  text += "  cure      " + shown(finding.cure) + "\n";
  std::istringstream printed(outcome.printed);
  for (std::string line; std::getline(printed, line);)
    text += "  printed   " + shown(line) + "\n";
  return text + "  again     " + rerun + " --only " + std::string(outcome.test->id) + "\n";
}

// One paragraph for each reason: most of the tests are blocked by the same one.
std::string blocked(const Report& report) {
  std::map<std::string, std::string> tests_by_reason;
  for (const Outcome& outcome : report.outcomes) {
    if (outcome.finding.state != State::kBlocked) continue;
    std::string& tests = tests_by_reason[outcome.finding.found];
    tests += (tests.empty() ? "" : " ") + std::string(outcome.test->id);
  }
  std::string text;
  for (const auto& [reason, tests] : tests_by_reason)
    text += "\nBLOCKED " + tests + "\n  because   " + shown(reason) + "\n";
  return text;
}

}  // namespace

std::size_t Report::count(State state) const {
  return static_cast<std::size_t>(std::count_if(
      outcomes.begin(), outcomes.end(), [state](const Outcome& outcome) { return outcome.finding.state == state; }));
}

std::string_view name_of(State state) {
  switch (state) {
    case State::kPassed:
      return "passed";
    case State::kFailed:
      return "failed";
    case State::kBlocked:
      return "blocked";
    case State::kSkipped:
      return "skipped";
  }
  return "passed";
}

std::string report_text(const Report& report) {
  std::string text = "herald plugin check " + shown(report.file) + "\n";
  text += "  plugin  " + shown(report.plugin) + "\n";
  text += "  config  " + shown(report.config) + "\n";
  text += "  seed    " + std::to_string(report.seed) + "\n";
  std::string_view group;
  for (const Outcome& outcome : report.outcomes) {
    if (outcome.test->group() != group) text += "\n" + std::string(group = outcome.test->group()) + "\n";
    text += result_line(outcome);
  }
  for (const Outcome& outcome : report.outcomes) {
    if (outcome.finding.state == State::kFailed) text += explained(outcome, report.rerun);
  }
  text += blocked(report);
  text += "\n";
  for (const State state : {State::kPassed, State::kFailed, State::kBlocked, State::kSkipped})
    text += std::to_string(report.count(state)) + " " + std::string(name_of(state)) + ", ";
  return text + "in " + seconds(report.took) + ", seed " + std::to_string(report.seed) + "\n";
}

std::string test_list(const std::vector<const Test*>& tests) {
  std::string text;
  for (const Test* test : tests) {
    text += padded(test->id, kIdWidth) + std::string(test->promise) + " [" + std::string(test->source) + "]\n";
  }
  return text;
}

}  // namespace herald::tools::check
