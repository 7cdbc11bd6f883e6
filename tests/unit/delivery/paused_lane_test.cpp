// A lane that an operator holds back.
#include <gtest/gtest.h>

#include "delivery_fixture.h"

namespace herald::delivery {
namespace {

class PausedLane : public DeliveryTest {
 protected:
  void pause(const std::string& name = "sms") { dispatcher_.set_paused(name, true); }
  void resume(const std::string& name = "sms") { dispatcher_.set_paused(name, false); }
};

TEST_F(PausedLane, ClaimsNothing) {
  add_provider("sms");
  settle_down();
  pause();
  const auto before = store_.counts().claims;
  const auto id = accept();
  pass(seconds{5});
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_EQ(store_.counts().claims, before);
}

TEST_F(PausedLane, ShowsThatItIsPaused) {
  add_provider("sms");
  EXPECT_FALSE(view().paused);
  pause();
  EXPECT_TRUE(view().paused);
  resume();
  EXPECT_FALSE(view().paused);
}

TEST_F(PausedLane, EndsWhatItHas) {
  add_provider("sms").hang();
  const auto id = accept();
  settle_down();
  pause();
  sms().complete(0, success());
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_F(PausedLane, LeavesARetryWaitingThatBecomesDue) {
  add_provider("sms").hang();
  const auto id = accept();
  settle_down();
  pause();
  sms().complete(0, error());
  pass(seconds{10});
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_EQ(sms().calls().size(), 1U);
  sms().always(success());
  resume();
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_F(PausedLane, GoesOnAtOnceWhenItIsResumed) {
  add_provider("sms");
  pause();
  const auto id = accept();
  pass(seconds{2});
  resume();
  settle_down();  // no time passes
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_F(PausedLane, WakesTheDispatcherWhenItIsResumed) {
  add_provider("sms");
  pause();
  accept();
  pass(seconds{2});
  EXPECT_GT(dispatcher_.next_wakeup(), std::chrono::nanoseconds{0});
  resume();
  EXPECT_EQ(dispatcher_.next_wakeup(), std::chrono::nanoseconds{0});
}

TEST_F(PausedLane, CostsTheOthersNothing) {
  add_provider("sms");
  add_provider("email");
  pause();
  const auto mail = accept(hours{24}, "email");
  settle_down();
  EXPECT_EQ(status(mail), Status::kDispatched);
}

TEST_F(PausedLane, MayBePausedBeforeItComes) {
  pause();
  add_provider("sms");
  const auto id = accept();
  pass(seconds{2});
  EXPECT_TRUE(view().paused);
  EXPECT_EQ(status(id), Status::kPending);
  resume();
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_F(PausedLane, PausingTwiceIsPausingOnce) {
  add_provider("sms");
  pause();
  pause();
  const auto id = accept();
  resume();
  resume();
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_F(PausedLane, ItsMessagesStillExpire) {
  add_provider("sms");
  pause();
  const auto id = accept(seconds{1});
  pass(seconds{3});
  EXPECT_EQ(status(id), Status::kExpired);
}

TEST_F(PausedLane, CanBeStoppedAndRemoved) {
  add_provider("sms");
  settle_down();
  pause();
  lane().begin_stop();
  settle_down();
  EXPECT_TRUE(dispatcher_.remove_lane("sms"));
}

}  // namespace
}  // namespace herald::delivery
