#include "tools/bench/schedule.h"

#include <gtest/gtest.h>

namespace herald::tools::bench {
namespace {

using base::MonoTime;
using std::chrono::nanoseconds;

constexpr MonoTime kBegin{std::chrono::hours{100}};

TEST(Schedule, BeginsAtOnceAndKeepsTheRate) {
  const Schedule schedule(kBegin, 4);
  EXPECT_EQ(schedule.due(0), kBegin);
  EXPECT_EQ(schedule.due(1), kBegin + std::chrono::milliseconds{250});
  EXPECT_EQ(schedule.due(4), kBegin + std::chrono::seconds{1});
}

TEST(Schedule, DoesNotDriftOverAnHour) {
  const Schedule schedule(kBegin, 3'000);  // a step that is no whole number of nanoseconds
  const auto error = schedule.due(3'000 * 3'600) - (kBegin + std::chrono::hours{1});
  EXPECT_LE(std::chrono::abs(error), nanoseconds{1});
}

TEST(Schedule, TakesLessThanOneInASecond) {
  EXPECT_EQ(Schedule(kBegin, 0.5).due(3), kBegin + std::chrono::seconds{6});
}

}  // namespace
}  // namespace herald::tools::bench
