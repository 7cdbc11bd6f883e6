// The program: hands its arguments and its environment to the command line.
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <iostream>
#include <string_view>

#include "tools/run.h"
#include "tools/wiring.h"

namespace {

herald::tools::Invocation invocation_of(int argc, char** argv) {
  herald::tools::Invocation invocation;
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

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto invocation = invocation_of(argc, argv);
    return herald::tools::run(invocation, herald::tools::real_verbs(invocation.executable), std::cout, std::cerr);
  } catch (const std::exception& error) {
    std::cerr << "herald: ended by an unforeseen error: " << error.what() << "\n";
  } catch (...) {
    std::cerr << "herald: ended by an unforeseen error of an unknown type\n";
  }
  return herald::tools::kFailed;
}
