// What the operating system shows of this process and of a library: threads and exported symbols.
#pragma once

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace herald::testkit {

// How many threads of this process bear a name.
inline std::size_t threads_named(const std::string& name) {
  std::size_t count = 0;
  std::error_code gone;  // threads may end while they are listed
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", gone)) {
    std::string found;
    std::ifstream(task.path() / "comm") >> found;
    if (found == name) ++count;
  }
  return count;
}

// The dynamic symbols that a library defines, as binutils' nm lists them.
inline std::vector<std::string> exported_symbols(const std::string& file) {
  const std::string command = "nm -D --defined-only --format=posix '" + file + "'";
  // NOLINTNEXTLINE(cert-env33-c): a fixed command on a file that the build named
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string output;
  for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get()))
    output += static_cast<char>(c);
  std::vector<std::string> symbols;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);)
    symbols.push_back(line.substr(0, line.find(' ')));
  return symbols;
}

}  // namespace herald::testkit
