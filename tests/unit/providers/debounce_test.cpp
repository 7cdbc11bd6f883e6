#include "providers/debounce.h"

#include <gtest/gtest.h>

namespace herald::providers {
namespace {

using std::chrono::milliseconds;

constexpr base::MonoTime at(int ms) {
  return base::MonoTime{milliseconds{ms}};
}

TEST(DebounceTest, OwesNothingBeforeAChange) {
  EXPECT_EQ(Debounce(milliseconds{200}, milliseconds{2000}).due(), std::nullopt);
}

TEST(DebounceTest, WaitsUntilItIsQuiet) {
  Debounce burst(milliseconds{200}, milliseconds{2000});
  burst.note(at(0));
  EXPECT_EQ(burst.due(), at(200));
  burst.note(at(150));
  EXPECT_EQ(burst.due(), at(350));
}

TEST(DebounceTest, DoesNotWaitForEver) {
  Debounce burst(milliseconds{200}, milliseconds{2000});
  for (int ms = 0; ms <= 1990; ms += 10)
    burst.note(at(ms));
  EXPECT_EQ(burst.due(), at(2000));
}

TEST(DebounceTest, BeginsAnewOnceItWasTold) {
  Debounce burst(milliseconds{200}, milliseconds{2000});
  burst.note(at(0));
  burst.clear();
  EXPECT_EQ(burst.due(), std::nullopt);
  burst.note(at(5000));
  EXPECT_EQ(burst.due(), at(5200));
}

}  // namespace
}  // namespace herald::providers
