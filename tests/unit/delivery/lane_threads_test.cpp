// The room with the threads that the host gives it: outcomes come from any thread and nothing is lost.
#include <atomic>
#include <deque>
#include <memory>

#include <gtest/gtest.h>

#include "base/mutex.h"
#include "base/worker.h"
#include "delivery/dispatcher.h"
#include "fake_provider.h"
#include "fake_store.h"
#include "support/eventually.h"
#include "support/recording_log.h"

namespace herald::delivery {
namespace {

using domain::Status;
using std::chrono::milliseconds;

// Completes from a thread of its own, every fifth first attempt with an error.
class ThreadedProvider final : public domain::ProviderPort {
 public:
  explicit ThreadedProvider(std::string name) : name_(std::move(name)) {}
  ~ThreadedProvider() override { stop(); }

  const std::string& name() const override { return name_; }
  domain::ChannelSet channels() const override { return domain::ChannelSet::all(); }
  std::size_t max_batch() const override { return 32; }
  std::size_t max_in_flight() const override { return 128; }
  std::size_t calls_inside() const override { return 0; }
  bool emits_receipts() const override { return false; }
  void submit(std::vector<domain::DispatchItem> items, domain::OutcomeSink& sink) override {
    {
      const base::MutexLock lock(mutex_);
      sink_ = &sink;
      for (auto& item : items)
        items_.push_back(std::move(item));
    }
    wakeup_.notify();
  }
  void stop() {
    stopping_ = true;
    wakeup_.notify();
    worker_.join();
  }

 private:
  void run() {
    while (!stopping_) {
      std::deque<domain::DispatchItem> taken;
      domain::OutcomeSink* sink = nullptr;
      {
        const base::MutexLock lock(mutex_);
        taken.swap(items_);
        sink = sink_;
      }
      for (const auto& item : taken) {
        const bool spoil = item.message.attempt == 1 && item.message.ordinal % 5 == 0;
        sink->complete(item.ticket, spoil ? error() : success());
      }
      if (taken.empty()) wakeup_.wait_for(milliseconds{20});
    }
  }

  const std::string name_;
  base::Wakeup wakeup_;
  std::atomic<bool> stopping_{false};
  base::Mutex mutex_;
  std::deque<domain::DispatchItem> items_ HERALD_GUARDED_BY(mutex_);
  domain::OutcomeSink* sink_ HERALD_GUARDED_BY(mutex_) = nullptr;
  base::Worker worker_{"provider", [this] { run(); }};
};

Options quick_retries() {
  Options chosen;
  chosen.retry = RetryPolicy{3, milliseconds{1}, milliseconds{5}};
  chosen.poll_interval = std::chrono::hours{1};  // a lost wake-up is not covered here
  return chosen;
}

class RoomOnThreads : public ::testing::Test {
 protected:
  void SetUp() override {
    store_.set_listener(dispatcher_);
    for (const auto& lane : lanes_) {
      ASSERT_TRUE(dispatcher_.add_lane(lane));
      threads_.emplace_back("lane", loop(*lane, std::chrono::hours{1}));
    }
    threads_.emplace_back("dispatcher", loop(dispatcher_, std::chrono::hours{1}));
    // Has no notify() of its own, so it looks for the end of the test from time to time.
    threads_.emplace_back("writer", loop(writer_, milliseconds{5}));
  }
  void TearDown() override {
    stopping_ = true;
    for (const auto& lane : lanes_)
      lane->notify();
    dispatcher_.notify();
    threads_.clear();
    sms_.stop();
    email_.stop();
  }

  template <typename Stepper>
  std::function<void()> loop(Stepper& stepper, milliseconds longest) {
    return [this, &stepper, longest] {
      while (!stopping_) {
        if (!stepper.step()) stepper.wait(longest);
      }
    };
  }

  void accept(const std::string& provider) {
    store::Accept accept;
    accept.message.provider = provider;
    accept.message.accepted_at = clock_.wall();
    accept.message.expires_at = clock_.wall() + std::chrono::hours{1};
    accept.done = [](const base::Result<domain::MessageId>&) {};
    writer_.submit(std::move(accept));
  }

  const Options options_ = quick_retries();
  base::SystemClock clock_;
  test::RecordingLog log_;
  observe::Metrics metrics_;
  FakeStore store_;
  store::Writer writer_{store_, clock_, log_, metrics_, 256};
  const Services services_{writer_, clock_, log_, metrics_};
  Dispatcher dispatcher_{options_, services_, store_};
  ThreadedProvider sms_{"sms"};
  ThreadedProvider email_{"email"};
  std::vector<std::shared_ptr<Lane>> lanes_{std::make_shared<Lane>(sms_, options_, services_, 1),
                                            std::make_shared<Lane>(email_, options_, services_, 2)};
  std::atomic<bool> stopping_{false};
  std::deque<base::Worker> threads_;
};

TEST_F(RoomOnThreads, DispatchesEverythingOnceAndRetriesWhatFailed) {
  constexpr std::size_t kEach = 500;
  for (std::size_t i = 0; i < kEach; ++i) {
    accept("sms");
    accept("email");
  }
  ASSERT_TRUE(test::eventually([&] {
    return metrics_.provider("sms").success.value() == kEach && metrics_.provider("email").success.value() == kEach;
  }));
  EXPECT_EQ(store_.count(Status::kDispatched), 2 * kEach);
  EXPECT_EQ(metrics_.provider("sms").error.value(), kEach / 5);
  EXPECT_EQ(metrics_.retries.value(), 2 * kEach / 5);
  EXPECT_EQ(store_.counts().not_dispatching, 0U);
}

TEST_F(RoomOnThreads, StopsWithNothingLeftHalfDone) {
  for (int i = 0; i < 300; ++i)
    accept("sms");
  ASSERT_TRUE(test::eventually([&] { return metrics_.provider("sms").success.value() > 10; }));
  for (const auto& lane : lanes_)
    lane->begin_stop();
  ASSERT_TRUE(test::eventually([&] { return lanes_[0]->idle() && lanes_[1]->idle(); }));
  EXPECT_EQ(store_.count(Status::kDispatching), 0U);
  EXPECT_TRUE(dispatcher_.remove_lane("sms"));
}

TEST_F(RoomOnThreads, ShowsItsLanesWhileTheyWork) {
  for (int i = 0; i < 300; ++i)
    accept("sms");
  while (metrics_.provider("sms").success.value() < 300 && !HasFailure()) {
    EXPECT_LE(dispatcher_.lane("sms").value().in_flight, sms_.max_in_flight());
  }
}

}  // namespace
}  // namespace herald::delivery
