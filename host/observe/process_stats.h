// What the operating system says of this process, from /proc. Any thread.
#pragma once

#include <cstdint>
#include <optional>

namespace herald::observe {

// Nothing where /proc does not tell.
struct ProcessStats {
  std::optional<std::uint64_t> resident_bytes;
  std::optional<std::uint64_t> open_descriptors;
  std::optional<std::uint64_t> max_descriptors;
  std::optional<double> cpu_seconds;  // user and system together
  std::optional<double> start_unix_seconds;
};

ProcessStats read_process_stats();

}  // namespace herald::observe
