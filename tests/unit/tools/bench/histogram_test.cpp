#include "tools/bench/histogram.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace herald::tools::bench {
namespace {

using std::chrono::nanoseconds;

TEST(Histogram, IsZeroWhenEmpty) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.percentile(0.99).count(), 0);
  EXPECT_EQ(histogram.max().count(), 0);
  EXPECT_EQ(histogram.mean().count(), 0);
}

TEST(Histogram, KeepsSmallValuesExactly) {
  for (std::int64_t value = 0; value < 256; ++value) {
    Histogram histogram;
    histogram.add(nanoseconds(value));
    histogram.add(nanoseconds(1'000'000));
    EXPECT_EQ(histogram.percentile(0.5).count(), value);
  }
}

TEST(Histogram, KeepsEveryValueToOnePartIn128) {
  for (std::int64_t power = 1; power < (std::int64_t{1} << 43); power *= 2) {
    for (const std::int64_t value : {power - 1, power, power + power / 3}) {
      Histogram histogram;
      histogram.add(nanoseconds(value));
      histogram.add(nanoseconds((std::int64_t{1} << 44) - 1));
      const auto shown = histogram.percentile(0.5).count();
      EXPECT_GE(shown, value);
      EXPECT_LE(shown, value + value / 128) << value;
    }
  }
}

TEST(Histogram, AgreesWithSortedValues) {
  std::mt19937_64 random(1);
  std::vector<std::int64_t> values;
  Histogram histogram;
  for (int i = 0; i < 10'000; ++i) {
    const auto value = static_cast<std::int64_t>(random() % 50'000'000);
    values.push_back(value);
    histogram.add(nanoseconds(value));
  }
  std::sort(values.begin(), values.end());
  for (const double share : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    const auto exact = values[rank - 1];
    EXPECT_GE(histogram.percentile(share).count(), exact) << share;
    EXPECT_LE(histogram.percentile(share).count(), exact + exact / 128) << share;
  }
}

TEST(Histogram, NeverShowsMoreThanWasSeen) {
  Histogram histogram;
  histogram.add(nanoseconds(1'000'001));
  EXPECT_EQ(histogram.percentile(1).count(), 1'000'001);
  EXPECT_EQ(histogram.max().count(), 1'000'001);
}

TEST(Histogram, FindsTheOneSlowValueInAThousand) {
  Histogram histogram;
  for (int i = 0; i < 999; ++i)
    histogram.add(nanoseconds(100));
  histogram.add(std::chrono::seconds(1));
  EXPECT_EQ(histogram.percentile(0.999).count(), 100);
  EXPECT_EQ(histogram.percentile(0.9991), std::chrono::seconds(1));
}

TEST(Histogram, CountsWhatIsOutOfRangeAtItsEnds) {
  Histogram histogram;
  histogram.add(nanoseconds(-5));
  histogram.add(std::chrono::hours(1'000));
  EXPECT_EQ(histogram.percentile(0.5).count(), 0);
  EXPECT_GT(histogram.max(), std::chrono::hours(4));
  EXPECT_EQ(histogram.count(), 2U);
}

TEST(Histogram, TellsTheMean) {
  Histogram histogram;
  histogram.add(nanoseconds(1'000));
  histogram.add(nanoseconds(2'001));
  EXPECT_EQ(histogram.mean().count(), 1'501);  // 1500.5, to the nearest
}

}  // namespace
}  // namespace herald::tools::bench
