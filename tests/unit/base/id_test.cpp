#include "base/id.h"

#include <limits>

#include <gtest/gtest.h>

#include "support/manual_clock.h"

namespace herald::base {
namespace {

using test::ManualClock;

TEST(MessageId, ReadsBackWhatItWrites) {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{123456789012345}, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(MessageId::parse(MessageId{value}.text()), MessageId{value});
  }
}

TEST(MessageId, TextSortsAsTheNumbersDo) {
  EXPECT_LT(MessageId{99}.text(), MessageId{1000}.text());
}

TEST(MessageId, RefusesWhatItWouldNotWrite) {
  for (const char* text :
       {"", "0", "000000000000I", "000000000000a", "00000000000000", "Z000000000000", "000000000000 "}) {
    EXPECT_EQ(MessageId::parse(text), std::nullopt) << text;
  }
}

TEST(IdSource, GrowsWhenTheClockStandsStillOrGoesBack) {
  IdSource ids;
  const auto first = ids.next(ManualClock::kStart);
  const auto second = ids.next(ManualClock::kStart);
  const auto third = ids.next(ManualClock::kStart - Milliseconds{5000});
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST(IdSource, ContinuesAboveTheLastStoredId) {
  IdSource before;
  const auto last = before.next(ManualClock::kStart + Milliseconds{60'000});
  IdSource after(last);
  EXPECT_GT(after.next(ManualClock::kStart), last);
}

}  // namespace
}  // namespace herald::base
