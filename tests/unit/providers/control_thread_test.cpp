#include "providers/control_thread.h"

#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/eventually.h"

namespace herald::providers {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using test::eventually;
using testing::ElementsAre;

class ControlThreadTest : public testing::Test {
 protected:
  bool post(std::function<void()> run) {
    return control_.post({std::move(run), [this] { ++declined_; }});
  }

  std::atomic<int> declined_{0};
  ControlThread control_;  // joined before what its tasks use is gone
};

TEST_F(ControlThreadTest, RunsTasksOneAfterAnother) {
  control_.open();
  std::vector<int> order;
  std::atomic<bool> done{false};
  for (int i = 1; i <= 3; ++i)
    ASSERT_TRUE(post([&order, i] { order.push_back(i); }));
  ASSERT_TRUE(post([&done] { done = true; }));
  EXPECT_TRUE(eventually([&] { return done.load(); }));
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST_F(ControlThreadTest, TakesNothingBeforeItIsOpen) {
  EXPECT_FALSE(post([] {}));
  EXPECT_EQ(declined_, 0);
}

TEST_F(ControlThreadTest, DeclinesWhatWaitsWhenItIsClosed) {
  control_.open();
  std::atomic<bool> inside{false};
  ASSERT_TRUE(post([this, &inside] {
    inside = true;
    const std::atomic<bool> never{false};
    EXPECT_FALSE(control_.patience()->wait_for(never, hours{24}));
  }));
  ASSERT_TRUE(eventually([&] { return inside.load(); }));
  ASSERT_TRUE(post([] { ADD_FAILURE() << "was run"; }));
  control_.close();
  EXPECT_EQ(declined_, 1);
  EXPECT_FALSE(post([] {}));
}

TEST_F(ControlThreadTest, HoldsABoundedNumberOfTasks) {
  control_.open();
  std::atomic<bool> inside{false};
  ASSERT_TRUE(post([this, &inside] {
    inside = true;
    const std::atomic<bool> never{false};
    control_.patience()->wait_for(never, hours{24});
  }));
  ASSERT_TRUE(eventually([&] { return inside.load(); }));
  for (std::size_t i = 0; i < ControlThread::kMostWaiting; ++i)
    ASSERT_TRUE(post([] {}));
  EXPECT_FALSE(post([] {}));
  EXPECT_TRUE(control_.post_own({[] {}, [this] { ++declined_; }})) << "none of the host's own may be lost";
  control_.close();
  EXPECT_EQ(declined_, static_cast<int>(ControlThread::kMostWaiting) + 1);
  EXPECT_FALSE(control_.post_own({[] {}, [] {}}));
}

TEST(PatienceTest, EndsAtTheTimeoutOrWhenTheWorkIsDone) {
  Patience patience;
  std::atomic<bool> done{false};
  EXPECT_FALSE(patience.wait_for(done, milliseconds{1}));
  base::Worker worker("worker", [&] {
    done = true;
    patience.ring();
  });
  EXPECT_TRUE(patience.wait_for(done, hours{24}));
}

TEST(PatienceTest, PrefersAResultToItsEnd) {
  Patience patience;
  const std::atomic<bool> done{true};
  patience.end();
  EXPECT_TRUE(patience.wait_for(done, hours{24}));
  EXPECT_TRUE(patience.ended());
}

}  // namespace
}  // namespace herald::providers
