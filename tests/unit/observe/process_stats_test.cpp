#include "observe/process_stats.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>

#include <gtest/gtest.h>

namespace herald::observe {
namespace {

TEST(ProcessStats, CountsAnOpenedDescriptor) {
  const auto before = read_process_stats().open_descriptors;
  const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto after = read_process_stats().open_descriptors;
  ::close(descriptor);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(*after, *before + 1);
}

TEST(ProcessStats, TellsPlausibleMemoryAndTimes) {
  const ProcessStats stats = read_process_stats();
  ASSERT_TRUE(stats.resident_bytes && stats.start_unix_seconds && stats.cpu_seconds && stats.max_descriptors);
  EXPECT_GT(*stats.resident_bytes, 100'000U);
  EXPECT_GE(*stats.max_descriptors, *stats.open_descriptors);
  EXPECT_GE(*stats.cpu_seconds, 0.0);
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_LE(*stats.start_unix_seconds, now.count() + 2.0);  // the boot time is known to a second
  EXPECT_GT(*stats.start_unix_seconds, now.count() - 86'400.0);
}

}  // namespace
}  // namespace herald::observe
