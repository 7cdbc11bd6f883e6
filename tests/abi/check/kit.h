// One run of `herald plugin check` with the real program as the child of each test.
#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "tools/check/check.h"

namespace herald::tools::check {

struct KitRun {
  int status = -1;
  std::string out;
  std::string err;
};

inline KitRun run_kit(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  KitRun run;
  run.status = check_plugin(arguments, HERALD_BINARY, out, err);
  run.out = out.str();
  run.err = err.str();
  return run;
}

inline std::string abi_plugin(const std::string& name) {
  return std::string(ABI_PLUGIN_DIR) + "/" + name + ".so";
}

// The report for programs; `arguments` end with the file.
inline nlohmann::json report_of(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--json", "-"});
  return nlohmann::json::parse(run_kit(arguments).out);
}

// What became of one test of a report; null when it is not in it.
inline nlohmann::json result_of(const nlohmann::json& report, std::string_view id) {
  for (const auto& test : report.at("tests")) {
    if (test.at("id") == id) return test;
  }
  return nullptr;
}

}  // namespace herald::tools::check
