// The whole room on one thread: a store in memory behind a real writer, lanes on fake providers, a clock that a test
// moves.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "delivery/dispatcher.h"
#include "delivery/lane.h"
#include "fake_provider.h"
#include "fake_store.h"
#include "store/writer.h"
#include "support/manual_clock.h"
#include "support/recording_log.h"

namespace herald::delivery {

using domain::BreakerState;
using domain::OutcomeKind;
using domain::Status;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class DeliveryTest : public ::testing::Test {
 protected:
  static constexpr seconds kOpenTime{30};
  static constexpr seconds kTimeout{10};

  static Options options() {
    Options chosen;
    chosen.breaker = BreakerPolicy{3, kOpenTime, 2};
    chosen.retry = RetryPolicy{4, milliseconds{750}, milliseconds{3000}};
    chosen.dispatch_timeout = kTimeout;
    return chosen;
  }

  explicit DeliveryTest(const Options& chosen = options()) : options_(chosen) { store_.set_listener(dispatcher_); }

  // A provider and its lane; the one named "sms" is there from the start of most tests.
  FakeProvider& add_provider(const std::string& name) {
    auto& provider = providers_.emplace(name, name).first->second;
    auto added = std::make_shared<Lane>(provider, options_, services_, 7);
    EXPECT_TRUE(dispatcher_.add_lane(added));
    lanes_[name] = std::move(added);
    return provider;
  }

  domain::MessageId accept(std::chrono::milliseconds ttl = hours{24}, const std::string& provider = "sms",
                           domain::Channel channel = domain::Channel::kSms) {
    store::Accept accept;
    accept.message.content.channel = channel;
    accept.message.content.from = "+12025550100";
    accept.message.content.to = "+12025550101";
    accept.message.content.body = "hello";
    accept.message.provider = provider;
    accept.message.request_id = "request-1";
    accept.message.accepted_at = clock_.wall();
    accept.message.expires_at = clock_.wall() + ttl;
    domain::MessageId id;
    accept.done = [&id](const base::Result<domain::MessageId>& accepted) { id = accepted.value(); };
    writer_.submit(std::move(accept));
    writer_.step();
    return id;
  }

  std::vector<domain::MessageId> accept_many(std::size_t count, const std::string& provider = "sms") {
    std::vector<domain::MessageId> ids;
    for (std::size_t i = 0; i < count; ++i)
      ids.push_back(accept(hours{24}, provider));
    return ids;
  }

  // As an operator does.
  void retry(domain::MessageId id) {
    base::Status answer = base::fail(base::ErrorCode::kInternal, "not answered");
    writer_.submit(store::Retry{id, [&answer](base::Status status) { answer = std::move(status); }});
    writer_.step();
    ASSERT_TRUE(answer);
  }

  // One step of everything; true when anything did something.
  bool step() {
    bool progressed = dispatcher_.step();
    progressed |= writer_.step();
    for (auto& [name, lane] : lanes_)
      progressed |= lane->step();
    return progressed;
  }

  // Steps until nothing moves any more without time.
  void settle_down() {
    // Two quiet rounds, because what a lane says at the end of one is heard by the dispatcher in the next.
    int quiet = 0;
    for (int round = 0; round < 10'000; ++round) {
      quiet = step() ? 0 : quiet + 1;
      if (quiet == 2) return;
    }
    FAIL() << "the room never comes to rest";
  }

  // Time passes in steps, as it does when threads wait for what they next have to do.
  void pass(std::chrono::nanoseconds time, std::chrono::nanoseconds tick = milliseconds{50}) {
    settle_down();
    while (time > std::chrono::nanoseconds::zero()) {
      const auto now = std::min(time, tick);
      clock_.advance(now);
      time -= now;
      settle_down();
    }
  }

  // The provider fails messages until its breaker opens; they are left waiting for their retries.
  void open_breaker() {
    sms().always(error());
    accept_many(3);
    settle_down();
    ASSERT_EQ(view().breaker, BreakerState::kOpen);
  }

  FakeProvider& sms() { return providers_.at("sms"); }
  Lane& lane(const std::string& name = "sms") { return *lanes_.at(name); }
  domain::LaneView view(const std::string& name = "sms") const { return dispatcher_.lane(name).value(); }
  Status status(domain::MessageId id) const { return store_.row(id).status; }
  observe::ProviderMetrics& counters(const std::string& name = "sms") { return metrics_.provider(name); }

  const Options options_;
  test::ManualClock clock_;
  test::RecordingLog log_;
  observe::Metrics metrics_;
  FakeStore store_;
  store::Writer writer_{store_, clock_, log_, metrics_, 1024};
  const Services services_{writer_, clock_, log_, metrics_};
  Dispatcher dispatcher_{options_, services_, store_};
  std::map<std::string, FakeProvider> providers_;
  std::map<std::string, std::shared_ptr<Lane>> lanes_;
};

// With one provider, "sms".
class LaneTest : public DeliveryTest {
 protected:
  explicit LaneTest(const Options& chosen = options()) : DeliveryTest(chosen) {
    add_provider("sms");
    settle_down();
  }
};

}  // namespace herald::delivery
