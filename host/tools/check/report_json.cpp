#include <nlohmann/json.hpp>

#include "tools/check/report.h"

namespace herald::tools::check {
namespace {

using Json = nlohmann::ordered_json;

Json of_outcome(const Outcome& outcome, const std::string& rerun) {
  Json item{
      {"id", outcome.test->id},         {"group", outcome.test->group()},           {"promise", outcome.test->promise},
      {"source", outcome.test->source}, {"result", name_of(outcome.finding.state)}, {"took_ms", outcome.took.count()}};
  const Finding& finding = outcome.finding;
  if (finding.state == State::kPassed) return item;
  if (finding.state != State::kFailed) {
    item["reason"] = finding.found;
    return item;
  }
  item["found"] = finding.found;
  item["expected"] = finding.expected;
  item["cure"] = finding.cure;
  item["printed"] = outcome.printed;
  item["again"] = rerun + " --only " + std::string(outcome.test->id);
  return item;
}

}  // namespace

std::string report_json(const Report& report) {
  Json tests = Json::array();
  for (const Outcome& outcome : report.outcomes)
    tests.push_back(of_outcome(outcome, report.rerun));
  Json document{{"file", report.file},
                {"plugin", report.plugin},
                {"config", report.config},
                {"seed", report.seed},
                {"passed", report.count(State::kPassed)},
                {"failed", report.count(State::kFailed)},
                {"blocked", report.count(State::kBlocked)},
                {"skipped", report.count(State::kSkipped)},
                {"took_ms", report.took.count()},
                {"tests", std::move(tests)}};
  // What a plugin prints, and a file's name, may be no UTF-8; JSON must be.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace herald::tools::check
