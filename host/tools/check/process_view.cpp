#include "tools/check/process_view.h"

#include <poll.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>

namespace herald::tools::check {
namespace {

namespace fs = std::filesystem;

// How often the kernel's list is looked at anew.
constexpr int kLookMs = 2;

template <typename Read>
std::map<int, std::string> numbered_entries(const char* folder, const Read& read) {
  std::map<int, std::string> entries;
  std::error_code gone;  // an entry may vanish while it is looked at
  for (fs::directory_iterator entry(folder, gone), end; !gone && entry != end; entry.increment(gone)) {
    const auto shown = read(entry->path());
    const auto name = entry->path().filename().string();
    int number = 0;
    const bool numbered = std::from_chars(name.data(), name.data() + name.size(), number).ec == std::errc();
    if (numbered && shown.has_value()) entries.emplace(number, *shown);
  }
  return entries;
}

}  // namespace

std::map<int, std::string> threads_of_this_process() {
  return numbered_entries("/proc/self/task", [](const fs::path& task) -> std::optional<std::string> {
    std::string name;
    if (!std::getline(std::ifstream(task / "comm"), name)) return std::nullopt;
    return name;
  });
}

std::map<int, std::string> descriptors_of_this_process() {
  return numbered_entries("/proc/self/fd", [](const fs::path& link) -> std::optional<std::string> {
    std::error_code gone;
    const auto target = fs::read_symlink(link, gone).string();
    // The listing itself reads this folder.
    const bool own = target.size() > 3 && target.compare(target.size() - 3, 3, "/fd") == 0;
    if (gone || own) return std::nullopt;
    return target;
  });
}

std::size_t threads_settled_at(std::size_t count, std::chrono::milliseconds within) {
  const auto until = std::chrono::steady_clock::now() + within;
  while (true) {
    const std::size_t now = threads_of_this_process().size();
    if (now <= count || std::chrono::steady_clock::now() >= until) return now;
    ::poll(nullptr, 0, kLookMs);  // no one is told when a thread leaves the kernel's list
  }
}

std::size_t anonymous_bytes() {
  std::ifstream rollup("/proc/self/smaps_rollup");
  for (std::string line; std::getline(rollup, line);) {
    constexpr std::string_view kKey = "Anonymous:";
    if (line.compare(0, kKey.size(), kKey) == 0) return std::strtoull(line.c_str() + kKey.size(), nullptr, 10) * 1024;
  }
  return 0;
}

}  // namespace herald::tools::check
