// The limits against a plain model that forgets nothing, and their bound on memory.
#include "intake/rate_limiter.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/worker.h"
#include "support/manual_clock.h"

namespace herald::intake {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::uint64_t kSalt = 0x5eed;

// The same limit told as a leaking bucket: it holds a minute of messages, each fills it by its share, and it leaks as
// time goes by. Unbounded.
class LeakingBuckets {
 public:
  explicit LeakingBuckets(std::uint32_t quota) : quota_(quota), share_(nanoseconds{seconds{60}} / quota) {}

  bool admits(const std::string& key, base::MonoTime now) {
    leak(key, now);
    return buckets_[key].level + share_ <= share_ * quota_;
  }
  void charge(const std::string& key) { buckets_[key].level += share_; }
  std::uint32_t remaining(const std::string& key) {
    return static_cast<std::uint32_t>((share_ * quota_ - buckets_[key].level) / share_);
  }

 private:
  struct Bucket {
    nanoseconds level{0};
    base::MonoTime seen{};
  };

  void leak(const std::string& key, base::MonoTime now) {
    auto& bucket = buckets_[key];
    bucket.level = std::max(bucket.level - (now - bucket.seen), nanoseconds{0});
    bucket.seen = now;
  }

  std::uint32_t quota_;
  nanoseconds share_;
  std::map<std::string, Bucket> buckets_;
};

std::string sender_of(std::uint64_t number) {
  return "+1" + std::to_string(2'000'000'000 + number);
}

std::string address_of(std::uint64_t number) {
  return "10." + std::to_string(number >> 16U & 255U) + "." + std::to_string(number >> 8U & 255U) + "." +
         std::to_string(number & 255U);
}

class Limits : public ::testing::Test {
 protected:
  RateLimiter limits(std::uint32_t per_address, std::uint32_t per_sender, std::uint64_t salt = kSalt) {
    return RateLimiter({per_address, per_sender}, salt, clock_);
  }
  static bool admits(RateLimiter& limiter, const std::string& address, const std::string& sender) {
    return limiter.charge(address, sender).admitted;
  }

  test::ManualClock clock_;
};

class LimitsAgainstTheModel : public Limits, public ::testing::WithParamInterface<std::uint64_t> {};

TEST_P(LimitsAgainstTheModel, DecideTheSame) {
  constexpr std::uint32_t kPerAddress = 12;
  constexpr std::uint32_t kPerSender = 5;
  base::SeededRandom random(GetParam());
  auto limiter = limits(kPerAddress, kPerSender, random.next());
  LeakingBuckets addresses(kPerAddress);
  LeakingBuckets senders(kPerSender);
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    clock_.advance(milliseconds{static_cast<std::int64_t>(random.next() % 800)});
    if (random.next() % 500 == 0) clock_.advance(seconds{90});
    const auto now = clock_.mono();
    const auto address = address_of(random.next() % 8);
    const auto sender = sender_of(random.next() % 20);
    const bool one = addresses.admits(address, now);
    const bool other = senders.admits(sender, now);
    const bool both = one && other;
    if (both) {
      addresses.charge(address);
      senders.charge(sender);
    }
    const auto verdict = limiter.charge(address, sender);
    ASSERT_EQ(verdict.admitted, both) << "seed " << GetParam() << ", step " << i;
    ASSERT_EQ(verdict.limits.at(0).remaining, addresses.remaining(address)) << "step " << i;
    ASSERT_EQ(verdict.limits.at(1).remaining, senders.remaining(sender)) << "step " << i;
    refused += both ? 0 : 1;
  }
  EXPECT_GT(refused, 1000) << "the property is tested on both sides of the limit";
  EXPECT_LT(refused, 19'000);
}

INSTANTIATE_TEST_SUITE_P(Seeds, LimitsAgainstTheModel, ::testing::Values(1, 2, 3, 4711));

class OneLimit : public Limits, public ::testing::WithParamInterface<std::uint32_t> {};

TEST_P(OneLimit, TakesTheWholeQuotaAtOnceAndNoMore) {
  auto limiter = limits(0, GetParam());
  for (std::uint32_t i = 0; i < GetParam(); ++i)
    ASSERT_TRUE(limiter.charge("", "a").admitted) << i;
  const auto refused = limiter.charge("", "a");
  EXPECT_FALSE(refused.admitted);
  ASSERT_EQ(refused.limits.size(), 1U);
  EXPECT_EQ(refused.limits[0].remaining, 0U);
  EXPECT_EQ(refused.limits[0].reset, seconds{60});
}

TEST_P(OneLimit, LetsOneThroughWhenItSaysSo) {
  auto limiter = limits(0, GetParam());
  auto verdict = limiter.charge("", "a");
  while (verdict.admitted)
    verdict = limiter.charge("", "a");
  ASSERT_GT(verdict.limits[0].retry_after, seconds{0});
  clock_.advance(verdict.limits[0].retry_after);
  EXPECT_TRUE(limiter.charge("", "a").admitted);
}

TEST_P(OneLimit, IsWholeAgainAfterAMinute) {
  auto limiter = limits(0, GetParam());
  while (limiter.charge("", "a").admitted) {
  }
  clock_.advance(seconds{60});
  EXPECT_EQ(limiter.charge("", "a").limits[0].remaining, GetParam() - 1);
}

// 7 and 59,999 do not divide a minute of nanoseconds.
INSTANTIATE_TEST_SUITE_P(Quotas, OneLimit, ::testing::Values(1, 2, 7, 60, 120, 59'999));

TEST_F(Limits, BearTheGreatestQuota) {
  auto limiter = limits(1'000'000'000, 1'000'000'000);
  const auto verdict = limiter.charge("192.0.2.1", "a");
  EXPECT_TRUE(verdict.admitted);
  EXPECT_EQ(verdict.limits[0].remaining, 999'999'999U);
}

TEST_F(Limits, AreOffAtZero) {
  auto limiter = limits(0, 0);
  for (int i = 0; i < 1000; ++i) {
    const auto verdict = limiter.charge("192.0.2.1", "a");
    ASSERT_TRUE(verdict.admitted);
    ASSERT_TRUE(verdict.limits.empty());
  }
  EXPECT_EQ(limiter.memory(), 0U);
}

TEST_F(Limits, AreEachOnTheirOwn) {
  auto address_only = limits(1, 0);
  EXPECT_TRUE(address_only.charge("192.0.2.1", "a").admitted);
  EXPECT_FALSE(address_only.charge("192.0.2.1", "b").admitted);
  auto sender_only = limits(0, 1);
  EXPECT_TRUE(sender_only.charge("192.0.2.1", "a").admitted);
  EXPECT_FALSE(sender_only.charge("192.0.2.2", "a").admitted);
}

TEST_F(Limits, KnowAnIpv6ClientByItsNetwork) {
  auto limiter = limits(1, 0);
  EXPECT_TRUE(limiter.charge("2001:db8:0:1::1", "a").admitted);
  EXPECT_FALSE(limiter.charge("2001:db8:0:1:ffff::2", "a").admitted);
  EXPECT_TRUE(limiter.charge("2001:db8:0:2::1", "a").admitted);
}

TEST_F(Limits, TakeTheSameMemoryForAMillionSenders) {
  auto limiter = limits(0, 60);
  const auto before = limiter.memory();
  EXPECT_LE(before, 3U << 20U);
  const std::string busy = "+14255550100";
  while (limiter.charge("", busy).admitted) {
  }
  // All within a second, in which none of them becomes idle: eight times as many as the table has places.
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    clock_.advance(nanoseconds{1});
    const auto verdict = limiter.charge("", sender_of(i));
    ASSERT_TRUE(verdict.admitted) << i;
    ASSERT_EQ(verdict.limits[0].remaining, 59U) << "no sender pays for another";
  }
  EXPECT_EQ(limiter.memory(), before);
  EXPECT_FALSE(limiter.charge("", busy).admitted) << "who has used the most is the last to be forgotten";
}

TEST_F(Limits, TakeTheSameMemoryForAnyNumberOfAddresses) {
  auto limiter = limits(120, 0);
  const auto before = limiter.memory();
  EXPECT_LE(before, 1U << 20U);
  for (std::uint64_t i = 0; i < 200'000; ++i)
    ASSERT_TRUE(limiter.charge(address_of(i), "a").admitted);
  EXPECT_EQ(limiter.memory(), before);
}

TEST_F(Limits, ForgetWhoIsIdleBeforeWhoIsNot) {
  auto limiter = limits(0, 2);
  // As many as the table has places for, and idle when the next ones come.
  for (std::uint64_t i = 0; i < RateLimiter::kSenders; ++i)
    limiter.charge("", sender_of(i));
  clock_.advance(seconds{31});
  constexpr std::uint64_t kFirst = 10'000'000;
  constexpr std::uint64_t kCount = RateLimiter::kSenders / 16;
  for (std::uint64_t i = 0; i < kCount; ++i)
    limiter.charge("", sender_of(kFirst + i));
  for (std::uint64_t i = 0; i < kCount; ++i)
    ASSERT_EQ(limiter.charge("", sender_of(kFirst + i)).limits[0].remaining, 0U) << i;
}

class LimitsOfManyThreads : public Limits {
 protected:
  static constexpr std::uint32_t kThreads = 4;

  // How many of each thread's `count` messages are admitted, all from one address and one sender.
  static std::uint32_t admitted(RateLimiter& limiter, std::uint32_t count) {
    std::atomic<std::uint32_t> sum{0};
    std::vector<base::Worker> clients;
    for (std::uint32_t i = 0; i < kThreads; ++i) {
      clients.emplace_back("client", [&limiter, &sum, count] {
        for (std::uint32_t k = 0; k < count; ++k)
          sum += admits(limiter, "192.0.2.1", "a") ? 1 : 0;
      });
    }
    clients.clear();
    return sum;
  }
};

TEST_F(LimitsOfManyThreads, AdmitNoMoreThanTheQuotaAtOneMoment) {
  auto limiter = limits(1000, 1000);
  EXPECT_EQ(admitted(limiter, 1000), 1000U);
}

TEST_F(LimitsOfManyThreads, AdmitTheWholeQuotaWhileTimeGoesBy) {
  const base::SystemClock clock;
  RateLimiter limiter({kThreads * 500, kThreads * 500}, kSalt, clock);
  EXPECT_EQ(admitted(limiter, 500), kThreads * 500);
}

}  // namespace
}  // namespace herald::intake
