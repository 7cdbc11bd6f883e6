#include "tools/check/child_messages.h"

#include <exception>

#include <nlohmann/json.hpp>

namespace herald::tools::check {
namespace {

using nlohmann::json;

// What a plugin says may be no UTF-8; JSON must be.
std::string dumped(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<Finding> finding_of(const json& line, const std::string& seal) {
  if (line.value("seal", std::string()) != seal) return std::nullopt;
  const auto state = line.value("state", -1);
  if (state < 0 || state > static_cast<int>(State::kSkipped)) return std::nullopt;
  return Finding{static_cast<State>(state), line.value("found", std::string()), line.value("expected", std::string()),
                 line.value("cure", std::string())};
}

void read_line(std::string_view line, const std::string& seal, ChildReport& report) {
  try {
    const auto document = json::parse(line);
    if (!document.is_object()) return;
    if (document.contains("step")) {
      report.step = document.at("step").get<std::string>();
      report.preparing = document.value("preparing", false);
    }
    if (auto finding = finding_of(document, seal)) report.finding = std::move(finding);
  } catch (const json::exception&) {
    return;  // no line of ours
  }
}

}  // namespace

std::string text_of(const SealedOrder& sealed) {
  const Order& order = sealed.order;
  return dumped(json{{"test", order.test},
                     {"file", json::binary({order.file.native().begin(), order.file.native().end()})},
                     {"seed", order.seed},
                     {"timeout_ms", order.timeout.count()},
                     {"config", order.config},
                     {"config_problem", order.config_problem},
                     {"hanging", order.hanging},
                     {"seal", sealed.seal}});
}

base::Result<SealedOrder> parse_order(std::string_view text) {
  try {
    const auto document = json::parse(text);
    const auto& file = document.at("file").at("bytes").get_ref<const json::array_t&>();
    std::string path;
    for (const auto& byte : file)
      path += static_cast<char>(byte.get<unsigned char>());
    SealedOrder sealed;
    sealed.order.test = document.at("test").get<std::string>();
    sealed.order.file = path;
    sealed.order.seed = document.at("seed").get<std::uint64_t>();
    sealed.order.timeout = std::chrono::milliseconds(document.at("timeout_ms").get<std::int64_t>());
    sealed.order.config = document.at("config").get<std::string>();
    sealed.order.config_problem = document.at("config_problem").get<std::string>();
    sealed.order.hanging = document.at("hanging").get<std::vector<std::string>>();
    sealed.seal = document.at("seal").get<std::string>();
    return sealed;
  } catch (const json::exception& error) {
    return base::fail(base::ErrorCode::kInvalid,
                      std::string("no order of `herald plugin check` stands on standard input: ") + error.what() +
                          "; run `herald plugin check FILE` in its stead");
  }
}

std::string step_line(const std::string& step, bool preparing) {
  return dumped(json{{"step", step}, {"preparing", preparing}}) + "\n";
}

std::string finding_line(const Finding& finding, const std::string& seal) {
  return dumped(json{{"seal", seal},
                     {"state", static_cast<int>(finding.state)},
                     {"found", finding.found},
                     {"expected", finding.expected},
                     {"cure", finding.cure}}) +
         "\n";
}

ChildReport parse_report(std::string_view text, const std::string& seal) {
  ChildReport report;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    read_line(text.substr(0, end), seal, report);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return report;
}

}  // namespace herald::tools::check
