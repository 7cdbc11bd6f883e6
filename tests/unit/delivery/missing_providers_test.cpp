// Messages whose provider vanished after they were accepted.
#include <gtest/gtest.h>

#include "delivery_fixture.h"

namespace herald::delivery {
namespace {

class MissingProvider : public DeliveryTest {
 protected:
  std::uint64_t counted() const { return metrics_.invalid_routing.value(); }
  std::size_t told_missing() const { return log_.of("delivery.provider_missing").size(); }
  std::size_t told_back() const { return log_.of("delivery.provider_back").size(); }

  void remove_provider(const std::string& name = "sms") {
    lane(name).begin_stop();
    settle_down();
    ASSERT_TRUE(dispatcher_.remove_lane(name));
    lanes_.erase(name);
    providers_.erase(name);
  }
};

TEST_F(MissingProvider, IsToldOfOnceAsAnError) {
  accept_many(3);
  pass(seconds{10});
  ASSERT_EQ(told_missing(), 1U);
  const auto line = log_.of("delivery.provider_missing").front();
  EXPECT_EQ(line.level, observe::LogLevel::kError);
  EXPECT_EQ(line.fields.at("provider_name"), "sms");
  EXPECT_EQ(line.fields.at("waiting"), "3");
}

TEST_F(MissingProvider, CountsEachMessageOnce) {
  accept_many(3);
  pass(seconds{10});
  EXPECT_EQ(counted(), 3U);
}

TEST_F(MissingProvider, CountsAtTheFirstLook) {
  accept_many(2);
  dispatcher_.step();
  EXPECT_EQ(counted(), 2U);
}

TEST_F(MissingProvider, CountsWhatComesLaterOnTop) {
  accept_many(2);
  pass(seconds{1});
  accept_many(3);
  pass(seconds{1});
  EXPECT_EQ(counted(), 5U);
  EXPECT_EQ(told_missing(), 1U);
}

TEST_F(MissingProvider, DoesNotCountAgainWhatIsLeft) {
  accept(seconds{1});
  accept();
  pass(seconds{5});
  accept();
  pass(seconds{1});
  EXPECT_EQ(counted(), 2U) << "as many as waited at most";
}

TEST_F(MissingProvider, ItsMessagesWaitWithoutAnyTry) {
  const auto id = accept();
  settle_down();
  pass(seconds{10});
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_EQ(store_.counts().claims, 0U);
  EXPECT_TRUE(store_.row(id).attempts.empty());
}

TEST_F(MissingProvider, LooksNoMoreOftenThanItPolls) {
  accept();
  pass(seconds{1});
  EXPECT_GT(dispatcher_.next_wakeup(), std::chrono::nanoseconds{0});
  EXPECT_LE(dispatcher_.next_wakeup(), options_.poll_interval);
}

TEST_F(MissingProvider, ItsMessagesGoOnWhenItIsBack) {
  const auto id = accept();
  pass(seconds{5});
  add_provider("sms");
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
  pass(seconds{1});
  ASSERT_EQ(told_back(), 1U);
  EXPECT_EQ(log_.of("delivery.provider_back").front().fields.at("provider_name"), "sms");
  pass(seconds{5});
  EXPECT_EQ(told_back(), 1U);
  EXPECT_EQ(counted(), 1U);
}

TEST_F(MissingProvider, ItsMessagesExpire) {
  const auto id = accept(seconds{2});
  pass(seconds{4});
  EXPECT_EQ(status(id), Status::kExpired);
}

TEST_F(MissingProvider, IsToldOfAgainAfterItWasBack) {
  accept_many(2);
  pass(seconds{1});
  add_provider("sms").hang();
  pass(seconds{1});
  sms().complete(0, success());
  sms().complete(1, success());
  settle_down();
  remove_provider();
  accept_many(3);
  pass(seconds{1});
  EXPECT_EQ(told_missing(), 2U);
  EXPECT_EQ(counted(), 5U);
}

TEST_F(MissingProvider, WithoutWaitingMessagesIsNoMatter) {
  add_provider("sms");
  const auto id = accept();
  settle_down();
  ASSERT_EQ(status(id), Status::kDispatched);
  remove_provider();
  pass(seconds{2});
  EXPECT_EQ(told_missing(), 0U);
  EXPECT_EQ(counted(), 0U);
}

TEST_F(MissingProvider, IsNotOneThatFallsBehind) {
  add_provider("sms").hang();
  accept_many(100);
  pass(seconds{2});
  EXPECT_EQ(told_missing(), 0U);
}

TEST_F(MissingProvider, IsNotOneThatAnOperatorHoldsBack) {
  dispatcher_.set_paused("sms", true);
  accept_many(2);
  pass(seconds{2});
  EXPECT_EQ(told_missing(), 0U);
  dispatcher_.set_paused("sms", false);
  pass(seconds{2});
  EXPECT_EQ(told_missing(), 1U);
}

TEST_F(MissingProvider, IsNotBackBecauseAnOperatorHoldsItBack) {
  accept_many(2);
  pass(seconds{2});
  dispatcher_.set_paused("sms", true);
  pass(seconds{2});
  dispatcher_.set_paused("sms", false);
  pass(seconds{2});
  EXPECT_EQ(told_back(), 0U);
  EXPECT_EQ(told_missing(), 1U);
  EXPECT_EQ(counted(), 2U);
}

}  // namespace
}  // namespace herald::delivery
