// Where a benchmark keeps its data.
#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace herald {

// A name that no run had before, below HERALD_BENCH_DIR, which chooses the disk to measure, or the temporary folder.
inline std::filesystem::path new_data_folder() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no benchmark changes its environment
  const char* chosen = std::getenv("HERALD_BENCH_DIR");
  const std::filesystem::path parent =
      chosen != nullptr ? std::filesystem::path(chosen) : std::filesystem::temp_directory_path();
  return parent / ("herald-bench-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()));
}

}  // namespace herald
