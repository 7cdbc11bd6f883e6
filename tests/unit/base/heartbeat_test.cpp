#include "base/heartbeat.h"

#include <gtest/gtest.h>

#include "support/manual_clock.h"

namespace herald::base {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

class HeartbeatTest : public ::testing::Test {
 protected:
  nanoseconds under_way() const { return heartbeat_.under_way(clock_.mono()); }

  test::ManualClock clock_;
  Heartbeat heartbeat_;
};

TEST_F(HeartbeatTest, IsStillBeforeTheFirstStep) {
  clock_.advance(seconds{5});
  EXPECT_EQ(under_way(), nanoseconds::zero());
}

TEST_F(HeartbeatTest, TellsHowLongTheStepHasTaken) {
  const Heartbeat::Step step(heartbeat_, clock_);
  clock_.advance(seconds{5});
  EXPECT_EQ(under_way(), seconds{5});
}

TEST_F(HeartbeatTest, EndsWithTheStep) {
  { const Heartbeat::Step step(heartbeat_, clock_); }
  clock_.advance(seconds{5});
  EXPECT_EQ(under_way(), nanoseconds::zero());
}

TEST_F(HeartbeatTest, CountsEachStepAnew) {
  { const Heartbeat::Step step(heartbeat_, clock_); }
  clock_.advance(seconds{5});
  const Heartbeat::Step step(heartbeat_, clock_);
  clock_.advance(seconds{1});
  EXPECT_EQ(under_way(), seconds{1});
}

TEST_F(HeartbeatTest, IsNotBelowZeroForAMomentBeforeTheStep) {
  const auto before = clock_.mono();
  clock_.advance(seconds{1});
  const Heartbeat::Step step(heartbeat_, clock_);
  EXPECT_EQ(heartbeat_.under_way(before), nanoseconds::zero());
}

}  // namespace
}  // namespace herald::base
