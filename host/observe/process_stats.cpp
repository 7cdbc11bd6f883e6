#include "observe/process_stats.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace herald::observe {
namespace {

std::optional<std::uint64_t> open_descriptors() {
  std::error_code error;
  std::filesystem::directory_iterator entry("/proc/self/fd", error);
  std::uint64_t count = 0;
  for (const std::filesystem::directory_iterator end; !error && entry != end; entry.increment(error))
    ++count;
  if (error || count == 0) return std::nullopt;
  return count - 1;  // without the one that reads the folder
}

// When the machine was started, in seconds since the epoch.
std::optional<double> boot_time() {
  std::ifstream stat("/proc/stat");
  std::string word;
  while (stat >> word) {
    double seconds = 0;
    if (word == "btime" && stat >> seconds) return seconds;
  }
  return std::nullopt;
}

// The fields of /proc/self/stat from the third on (proc(5)): the second may hold any character, so count from its
// closing parenthesis.
void read_stat(ProcessStats& stats) {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const auto closing = line.rfind(')');
  if (closing == std::string::npos) return;
  std::istringstream fields(line.substr(closing + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field)
    fields >> skipped;
  double user_ticks = 0;
  double system_ticks = 0;
  fields >> user_ticks >> system_ticks;
  for (int field = 16; field < 22; ++field)
    fields >> skipped;
  double start_ticks = 0;
  if (!(fields >> start_ticks)) return;
  const auto per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  stats.cpu_seconds = (user_ticks + system_ticks) / per_second;
  if (const auto boot = boot_time()) stats.start_unix_seconds = *boot + start_ticks / per_second;
}

}  // namespace

ProcessStats read_process_stats() {
  ProcessStats stats;
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total_pages = 0;
  std::uint64_t resident_pages = 0;
  if (statm >> total_pages >> resident_pages)
    stats.resident_bytes = resident_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  stats.open_descriptors = open_descriptors();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) stats.max_descriptors = limit.rlim_cur;
  read_stat(stats);
  return stats;
}

}  // namespace herald::observe
