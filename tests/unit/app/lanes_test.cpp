// Lanes on their threads; the writer and the dispatcher are stepped by the test.
#include "app/lanes.h"

#include <gtest/gtest.h>

#include "app/loop.h"
#include "support/eventually.h"
#include "unit/delivery/delivery_fixture.h"

namespace herald::app {
namespace {

using base::ErrorCode;
using delivery::success;
using domain::Status;
using std::chrono::milliseconds;
using std::chrono::seconds;

class LanesTest : public delivery::DeliveryTest {
 protected:
  void attach() { ASSERT_TRUE(running_.attach(provider_)); }

  // A message that the provider has and keeps.
  domain::MessageId in_flight() {
    provider_.hang();
    attach();
    const auto id = accept();
    EXPECT_TRUE(comes_true([this] { return dispatcher_.lane("sms")->in_flight == 1; }));
    return id;
  }

  bool comes_true(const std::function<bool()>& condition) {
    return test::eventually([&] {
      step();
      return condition();
    });
  }

  delivery::FakeProvider provider_{"sms"};
  Lanes running_{dispatcher_, options_, services_};
};

TEST_F(LanesTest, DispatchThroughTheProviderThatIsAttached) {
  provider_.always(success());
  attach();
  const auto id = accept();
  EXPECT_TRUE(comes_true([&] { return status(id) == Status::kDispatched; }));
}

TEST_F(LanesTest, AreOneForEachProvider) {
  attach();
  delivery::FakeProvider twin{"sms"};
  EXPECT_EQ(running_.attach(twin).error().code, ErrorCode::kConflict);
}

TEST_F(LanesTest, ComeNoMoreOnceTheHostStops) {
  running_.drain(milliseconds{0});
  EXPECT_EQ(running_.attach(provider_).error().code, ErrorCode::kUnavailable);
}

TEST_F(LanesTest, ComeAgainAfterTheyWereDetached) {
  attach();
  running_.begin_detach("sms");
  ASSERT_TRUE(comes_true([this] { return running_.idle("sms"); }));
  ASSERT_TRUE(running_.detach("sms", seconds{10}));
  EXPECT_FALSE(dispatcher_.lane("sms"));
  EXPECT_EQ(running_.detach("sms", seconds{10}).error().code, ErrorCode::kNotFound);
  provider_.always(success());
  attach();
  const auto id = accept();
  EXPECT_TRUE(comes_true([&] { return status(id) == Status::kDispatched; }));
}

TEST_F(LanesTest, AreNotDetachedBeforeTheyBegan) {
  attach();
  EXPECT_EQ(running_.detach("sms", seconds{10}).error().code, ErrorCode::kConflict);
}

TEST_F(LanesTest, SettleWhatIsInFlightBeforeTheyAreDetached) {
  const auto id = in_flight();
  running_.begin_detach("sms");
  EXPECT_FALSE(running_.idle("sms"));
  EXPECT_EQ(running_.detach("sms", seconds{10}).error().code, ErrorCode::kConflict);
  provider_.complete(0, success());
  ASSERT_TRUE(comes_true([this] { return running_.idle("sms"); }));
  EXPECT_EQ(status(id), Status::kDispatched);
  EXPECT_TRUE(running_.detach("sms", seconds{10}));
}

TEST_F(LanesTest, SettleWhatTheProviderCompletesAfterTheirThreadsHaveEnded) {
  const auto id = in_flight();
  running_.drain(milliseconds{0});
  EXPECT_EQ(log_.of("lane.not_drained").size(), 1U);
  ASSERT_TRUE(running_.end(seconds{10}));
  provider_.complete(0, success());
  {
    Loop<store::Writer> writing("writer", writer_);
    running_.settle_last(seconds{10});
  }
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_F(LanesTest, AreNotDetachedWhileTheHostEndsThem) {
  attach();
  running_.begin_detach("sms");
  ASSERT_TRUE(comes_true([this] { return running_.idle("sms"); }));
  ASSERT_TRUE(running_.end(seconds{10}));
  EXPECT_EQ(running_.detach("sms", seconds{10}).error().code, ErrorCode::kConflict);
}

}  // namespace
}  // namespace herald::app
