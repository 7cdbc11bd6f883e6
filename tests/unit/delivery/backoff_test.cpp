#include "delivery/backoff.h"

#include <algorithm>
#include <array>
#include <limits>

#include <gtest/gtest.h>

#include "base/random.h"

namespace herald::delivery {
namespace {

using std::chrono::milliseconds;

constexpr double kAlmostOne = 1.0 - 0x1.0p-53;

RetryPolicy policy(milliseconds base, milliseconds max) {
  return RetryPolicy{8, base, max};
}

TEST(Backoff, DoublesItsCeilingWithEachAttempt) {
  const auto rules = policy(milliseconds{750}, milliseconds{300'000});
  EXPECT_EQ(backoff(rules, 1, kAlmostOne), milliseconds{750});
  EXPECT_EQ(backoff(rules, 2, kAlmostOne), milliseconds{1500});
  EXPECT_EQ(backoff(rules, 3, kAlmostOne), milliseconds{3000});
  EXPECT_EQ(backoff(rules, 9, kAlmostOne), milliseconds{192'000});
}

TEST(Backoff, NeverExceedsItsMaximum) {
  const auto rules = policy(milliseconds{750}, milliseconds{300'000});
  EXPECT_EQ(backoff(rules, 10, kAlmostOne), milliseconds{300'000});
  EXPECT_EQ(backoff(rules, 1001, kAlmostOne), milliseconds{300'000});
}

TEST(Backoff, TakesAMaximumBelowItsBase) {
  EXPECT_EQ(backoff(policy(milliseconds{750}, milliseconds{10}), 1, kAlmostOne), milliseconds{10});
}

TEST(Backoff, DoesNotOverflowAtAnyAttempt) {
  const auto rules = policy(milliseconds{3'600'000}, milliseconds{std::numeric_limits<std::int64_t>::max() / 2});
  for (const std::uint32_t attempt : {42U, 43U, 62U, 63U, 64U, 65U, 1000U, std::numeric_limits<std::uint32_t>::max()}) {
    EXPECT_GT(backoff(rules, attempt, 0.5), milliseconds{3'600'000}) << attempt;
    EXPECT_LE(backoff(rules, attempt, kAlmostOne), rules.backoff_max) << attempt;
  }
}

TEST(Backoff, WaitsAtLeastOneMillisecond) {
  EXPECT_EQ(backoff(policy(milliseconds{750}, milliseconds{300'000}), 1, 0.0), milliseconds{1});
  EXPECT_EQ(backoff(policy(milliseconds{1}, milliseconds{1}), 1, 0.0), milliseconds{1});
}

TEST(Backoff, SpreadsOverItsWholeRange) {
  constexpr int kDraws = 10'000;
  base::SeededRandom random(7);
  const auto rules = policy(milliseconds{1000}, milliseconds{300'000});
  std::array<int, 10> tenths{};
  for (int i = 0; i < kDraws; ++i) {
    const auto delay = backoff(rules, 1, random.unit());
    ASSERT_LE(delay, milliseconds{1000});
    tenths.at(static_cast<std::size_t>(std::min<std::int64_t>(9, delay.count() / 100)))++;
  }
  // About seven standard deviations around a tenth of the draws: full jitter is uniform.
  for (const int count : tenths)
    EXPECT_NEAR(count, kDraws / 10.0, 210);
}

TEST(Backoff, RepeatsOnASeed) {
  base::SeededRandom one(42);
  base::SeededRandom two(42);
  const auto rules = policy(milliseconds{750}, milliseconds{300'000});
  for (std::uint32_t attempt = 1; attempt < 50; ++attempt) {
    EXPECT_EQ(backoff(rules, attempt, one.unit()), backoff(rules, attempt, two.unit()));
  }
}

}  // namespace
}  // namespace herald::delivery
