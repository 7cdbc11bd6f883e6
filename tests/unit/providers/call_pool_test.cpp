#include "providers/call_pool.h"

#include <pthread.h>

#include <array>
#include <atomic>
#include <set>

#include <gtest/gtest.h>

#include "base/wakeup.h"
#include "providers/bounded_call.h"
#include "support/eventually.h"

namespace herald::providers {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::eventually;

constexpr std::chrono::hours kForever{24};  // longer than any test runs

// Holds calls until it is opened; each call that waits keeps it alive.
struct Barrier {
  std::atomic<bool> open{false};
  std::atomic<int> inside{0};
  void wait() {
    ++inside;
    eventually([this] { return open.load(); }, kForever);
    --inside;
  }
};

std::string thread_name() {
  std::array<char, 16> name{};
  pthread_getname_np(pthread_self(), name.data(), name.size());
  return name.data();
}

TEST(CallPoolTest, MakesThreadsOnlyWhenWorkFindsNoneIdle) {
  const auto barrier = std::make_shared<Barrier>();
  CallPool pool("mail", 2);
  EXPECT_EQ(pool.threads(), 0U);
  EXPECT_TRUE(pool.post([barrier] { barrier->wait(); }));
  EXPECT_EQ(pool.threads(), 1U);
  EXPECT_TRUE(pool.post([barrier] { barrier->wait(); }));
  EXPECT_EQ(pool.threads(), 2U);
  EXPECT_TRUE(eventually([&] { return barrier->inside == 2; }));
  barrier->open = true;
  EXPECT_TRUE(pool.close(seconds{30}));
}

TEST(CallPoolTest, RunsNoMoreCallsAtOnceThanItIsWide) {
  const auto barrier = std::make_shared<Barrier>();
  const auto done = std::make_shared<std::atomic<int>>(0);
  CallPool pool("mail", 2);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(eventually([&] { return pool.post([barrier, done] { barrier->wait(), ++*done; }); }));
  }
  EXPECT_TRUE(eventually([&] { return barrier->inside == 2; }));
  EXPECT_EQ(pool.threads(), 2U);
  barrier->open = true;
  EXPECT_TRUE(pool.close(seconds{30}));
  EXPECT_EQ(*done, 4);
}

TEST(CallPoolTest, RefusesWhenAsManyWaitAsItIsWide) {
  const auto barrier = std::make_shared<Barrier>();
  CallPool pool("mail", 1);
  ASSERT_TRUE(pool.post([barrier] { barrier->wait(); }));
  ASSERT_TRUE(eventually([&] { return barrier->inside == 1; }));
  EXPECT_TRUE(pool.post([] {}));
  EXPECT_FALSE(pool.post([] {}));
  barrier->open = true;
  EXPECT_TRUE(pool.close(seconds{30}));
}

TEST(CallPoolTest, NumbersItsThreadsWithinFifteenCharacters) {
  const auto barrier = std::make_shared<Barrier>();
  const auto names = std::make_shared<std::array<std::string, 2>>();
  CallPool pool("a-rather-long-name", 2);
  for (std::size_t i = 0; i < 2; ++i) {
    pool.post([=] { names->at(i) = thread_name(), barrier->wait(); });
  }
  ASSERT_TRUE(eventually([&] { return barrier->inside == 2; }));
  barrier->open = true;
  ASSERT_TRUE(pool.close(seconds{30}));
  EXPECT_EQ((std::set<std::string>(names->begin(), names->end())),
            (std::set<std::string>{"a-rather-long-1", "a-rather-long-2"}));
}

TEST(CallPoolTest, LeavesAThreadBehindThatDoesNotComeBack) {
  const auto never = std::make_shared<Barrier>();
  CallPool pool("mail", 1);
  pool.post([never] { never->wait(); });
  ASSERT_TRUE(eventually([&] { return never->inside == 1; }));
  EXPECT_FALSE(pool.close(milliseconds{10}));
}

TEST(CallWithin, WaitsForACallThatReturns) {
  const auto ran = std::make_shared<std::atomic<bool>>(false);
  EXPECT_EQ(call_within(seconds{30}, "call", [ran] { *ran = true; }), Called::kReturned);
  EXPECT_TRUE(*ran);
}

TEST(CallWithin, LeavesACallBehindThatDoesNot) {
  const auto never = std::make_shared<Barrier>();
  EXPECT_EQ(call_within(milliseconds{10}, "call", [never] { never->wait(); }), Called::kLeftBehind);
}

}  // namespace
}  // namespace herald::providers
