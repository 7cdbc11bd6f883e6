// What makes the host unready, and what does not.
#include "app/readiness.h"

#include <gtest/gtest.h>

#include "unit/delivery/delivery_fixture.h"

namespace herald::app {
namespace {

using api::NotReady;
using Reasons = std::vector<NotReady>;

class ReadinessTest : public delivery::LaneTest {
 protected:
  ReadinessTest() { readiness_.enter(HostReadiness::Phase::kServing); }

  // As if the step under way took that long while the watchdog looks.
  void hang() {
    for (std::chrono::seconds time{0}; time < options_.stall_after; time += delivery::Watchdog::kInterval) {
      clock_.advance(delivery::Watchdog::kInterval);
      watchdog_.step();
    }
  }

  delivery::Watchdog watchdog_{options_, services_, dispatcher_};
  HostReadiness readiness_{writer_, watchdog_};
};

TEST_F(ReadinessTest, NeedsAStartAndNoStop) {
  EXPECT_EQ(readiness_.reasons(), Reasons{});
  readiness_.enter(HostReadiness::Phase::kDraining);
  EXPECT_EQ(readiness_.reasons(), Reasons{NotReady::kDraining});
  EXPECT_EQ(HostReadiness(writer_, watchdog_).reasons(), Reasons{NotReady::kStarting});
}

TEST_F(ReadinessTest, NeedsAWriterThatComesBack) {
  Reasons meanwhile;
  writer_.submit(store::Release{{}, [&](const base::Status&) {
                                  hang();
                                  meanwhile = readiness_.reasons();
                                }});
  writer_.step();
  EXPECT_EQ(meanwhile, (Reasons{NotReady::kStoreUnavailable, NotReady::kWriterStalled}));
  hang();
  EXPECT_EQ(readiness_.reasons(), Reasons{});
}

TEST_F(ReadinessTest, NeedsADispatcherThatComesBack) {
  Reasons meanwhile;
  store_.on_sweep([&] {
    hang();
    meanwhile = readiness_.reasons();
  });
  clock_.advance(delivery::ExpirySweep::kInterval);
  dispatcher_.step();
  EXPECT_EQ(meanwhile, Reasons{NotReady::kDispatcherStalled});
}

TEST_F(ReadinessTest, NamesAProviderThatHangsAndGoesOnWithoutIt) {
  Reasons meanwhile{NotReady::kStarting};
  std::vector<std::string> stalled;
  sms().answer_by([&](const domain::DispatchItem&) {
    hang();
    meanwhile = readiness_.reasons();
    stalled = readiness_.stalled_providers();
    return delivery::success();
  });
  accept();
  settle_down();
  EXPECT_EQ(meanwhile, Reasons{});
  EXPECT_EQ(stalled, std::vector<std::string>{"sms"});
}

}  // namespace
}  // namespace herald::app
