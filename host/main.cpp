// The program: hands its arguments and its environment to the command line, and its verbs to the rooms.
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <iostream>
#include <string_view>

#include "app/serve.h"
#include "providers/probe.h"
#include "tools/run.h"
#include "tools/survey.h"

namespace {

using herald::tools::Invocation;

Invocation invocation_of(int argc, char** argv) {
  Invocation invocation;
  for (int i = 1; i < argc; ++i)
    invocation.arguments.emplace_back(argv[i]);
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view variable(*entry);
    const auto equals = variable.find('=');
    if (equals == std::string_view::npos) continue;
    invocation.environment.emplace(variable.substr(0, equals), variable.substr(equals + 1));
  }
  invocation.executable = std::filesystem::read_symlink("/proc/self/exe");
  return invocation;
}

int run(int argc, char** argv) {
  const Invocation invocation = invocation_of(argc, argv);
  herald::tools::Verbs verbs;
  verbs.serve = herald::app::serve;
  verbs.list_plugins = [&invocation](const herald::config::Settings& settings) {
    return herald::tools::survey_plugins(settings, invocation.executable);
  };
  verbs.probe = [](const std::string& file) -> int {
    herald::providers::probe_main(std::filesystem::absolute(file), STDOUT_FILENO);
  };
  return herald::tools::run(invocation, verbs, std::cout, std::cerr);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "herald: ended by an unforeseen error: " << error.what() << "\n";
  } catch (...) {
    std::cerr << "herald: ended by an unforeseen error of an unknown type\n";
  }
  return herald::tools::kFailed;
}
