#include "delivery/pacer.h"

#include <gtest/gtest.h>

namespace herald::delivery {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::MonoTime kNow{seconds{1000}};

TEST(Pacer, IsOpenUntilItIsTold) {
  const Pacer pacer;
  EXPECT_TRUE(pacer.is_open(kNow));
  EXPECT_FALSE(pacer.held_until(kNow));
}

TEST(Pacer, HoldsUntilTheMomentGiven) {
  Pacer pacer;
  pacer.hold(kNow, seconds{5});
  EXPECT_FALSE(pacer.is_open(kNow));
  EXPECT_FALSE(pacer.is_open(kNow + milliseconds{4999}));
  EXPECT_EQ(pacer.held_until(kNow), kNow + seconds{5});
  EXPECT_TRUE(pacer.is_open(kNow + seconds{5}));
  EXPECT_FALSE(pacer.held_until(kNow + seconds{5}));
}

TEST(Pacer, IsNotShortenedByALaterAndShorterOne) {
  Pacer pacer;
  pacer.hold(kNow, seconds{10});
  pacer.hold(kNow + seconds{1}, seconds{2});
  EXPECT_EQ(pacer.held_until(kNow), kNow + seconds{10});
}

TEST(Pacer, IsProlongedByALongerOne) {
  Pacer pacer;
  pacer.hold(kNow, seconds{10});
  pacer.hold(kNow + seconds{5}, seconds{10});
  EXPECT_EQ(pacer.held_until(kNow), kNow + seconds{15});
}

TEST(Pacer, HoldsForAnHourAtMost) {
  Pacer pacer;
  pacer.hold(kNow, milliseconds::max());
  EXPECT_EQ(pacer.held_until(kNow), kNow + hours{1});
}

TEST(Pacer, TakesNoWaitBelowZero) {
  Pacer pacer;
  pacer.hold(kNow, milliseconds::min());
  EXPECT_TRUE(pacer.is_open(kNow));
}

}  // namespace
}  // namespace herald::delivery
