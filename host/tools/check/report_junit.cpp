#include <array>
#include <cstdio>
#include <vector>

#include "providers/plain_text.h"
#include "tools/check/report.h"

namespace herald::tools::check {
namespace {

constexpr std::size_t kMaxTextBytes = 64UL << 10U;

// XML 1.0, section 2.2: no control character but tab, line feed and carriage return, and neither U+FFFE nor U+FFFF.
std::string escaped(std::string_view text) {
  std::string out;
  const std::string clean = providers::clean_text(text, kMaxTextBytes);
  for (std::size_t at = 0; at < clean.size(); ++at) {
    const char c = clean[at];
    const bool no_character = clean.compare(at, 3, "\xEF\xBF\xBE") == 0 || clean.compare(at, 3, "\xEF\xBF\xBF") == 0;
    if (no_character) {
      out += '?';
      at += 2;
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\n') {
      out += "&#10;";
    } else if (static_cast<unsigned char>(c) < 0x20 && c != '\t') {
      out += '?';
    } else {
      out += c;
    }
  }
  return out;
}

std::string attribute(const char* name, std::string_view value) {
  return " " + std::string(name) + "=\"" + escaped(value) + "\"";
}

std::string seconds(std::chrono::milliseconds took) {
  std::array<char, 32> text{};
  const auto ms = static_cast<long long>(took.count());
  // A number of milliseconds always fits.
  static_cast<void>(std::snprintf(text.data(), text.size(), "%lld.%03lld", ms / 1000, ms % 1000));
  return text.data();
}

std::string case_of(const Outcome& outcome, const std::string& rerun) {
  const Finding& finding = outcome.finding;
  std::string text = "    <testcase" + attribute("classname", outcome.test->group()) +
                     attribute("name", outcome.test->id) + attribute("time", seconds(outcome.took));
  switch (finding.state) {
    case State::kPassed:
      return text + "/>\n";
    case State::kSkipped:
      return text + "><skipped" + attribute("message", finding.found) + "/></testcase>\n";
    case State::kBlocked:
      return text + "><error" + attribute("message", finding.found) + "/></testcase>\n";
    case State::kFailed:
      break;
  }
  const std::string whole = "promise: " + std::string(outcome.test->promise) + "\nfound: " + finding.found +
                            "\nexpected: " + finding.expected + "\ncure: " + finding.cure + "\nagain: " + rerun +
                            " --only " + std::string(outcome.test->id);
  text += "><failure" + attribute("message", finding.found) + ">" + escaped(whole) + "</failure>";
  if (!outcome.printed.empty()) text += "<system-out>" + escaped(outcome.printed) + "</system-out>";
  return text + "</testcase>\n";
}

struct Suite {
  std::string_view name;
  std::string cases;
  Report counted;  // its outcomes alone
};

std::vector<Suite> suites_of(const Report& report) {
  std::vector<Suite> suites;
  for (const Outcome& outcome : report.outcomes) {
    if (suites.empty() || suites.back().name != outcome.test->group())
      suites.push_back({outcome.test->group(), {}, {}});
    Suite& suite = suites.back();
    suite.cases += case_of(outcome, report.rerun);
    suite.counted.outcomes.push_back(outcome);
    suite.counted.took += outcome.took;
  }
  return suites;
}

std::string counts(const Report& report) {
  return attribute("tests", std::to_string(report.outcomes.size())) +
         attribute("failures", std::to_string(report.count(State::kFailed))) +
         attribute("errors", std::to_string(report.count(State::kBlocked))) +
         attribute("skipped", std::to_string(report.count(State::kSkipped))) + attribute("time", seconds(report.took));
}

}  // namespace

std::string report_junit(const Report& report) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" +
                     attribute("name", "herald plugin check " + report.file) + counts(report) + ">\n";
  for (const Suite& suite : suites_of(report)) {
    text += "  <testsuite" + attribute("name", suite.name) + counts(suite.counted) + ">\n";
    text += "    <properties><property" + attribute("name", "seed") + attribute("value", std::to_string(report.seed)) +
            "/></properties>\n";
    text += suite.cases + "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

}  // namespace herald::tools::check
