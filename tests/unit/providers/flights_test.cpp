#include "providers/flights.h"

#include <set>

#include <gtest/gtest.h>

#include "support/recording_sink.h"

namespace herald::providers {
namespace {

using domain::OutcomeKind;
using test::item_with;
using test::RecordingSink;

constexpr base::MonoTime kNow{std::chrono::seconds{100}};
constexpr base::MonoTime kLater{std::chrono::seconds{200}};

class FlightsTest : public testing::Test {
 protected:
  std::shared_ptr<Batch> batch_of(std::size_t count, base::MonoTime deadline = kLater) {
    std::vector<domain::DispatchItem> items;
    for (std::size_t i = 0; i < count; ++i)
      items.push_back(item_with(++ticket_, "body", deadline));
    return std::make_shared<Batch>(std::move(items), sink_);
  }

  std::shared_ptr<Batch> opened(std::size_t count, base::MonoTime deadline = kLater) {
    auto batch = batch_of(count, deadline);
    EXPECT_EQ(flights_->open(batch, kNow), Flights::Opened::kOpened);
    return batch;
  }

  void complete(std::uint64_t handle) {
    herald_outcome outcome{};
    outcome.struct_size = sizeof outcome;
    outcome.code = HERALD_OUTCOME_SUCCESS;
    const auto* const completion = flights_->completion();
    completion->complete(completion->context, handle, &outcome);
  }

  observe::Metrics metrics_;
  observe::ProviderMetrics& counters_ = metrics_.provider("email");
  RecordingSink sink_;
  domain::Ticket ticket_ = 0;
  std::shared_ptr<Flights> flights_ = std::make_shared<Flights>(4, 42, counters_);
};

TEST_F(FlightsTest, BringACompletionToItsTicket) {
  const auto batch = opened(2);
  complete(batch->handle(1));
  EXPECT_EQ(sink_.of(2).size(), 1U);
  EXPECT_TRUE(sink_.of(1).empty());
  EXPECT_EQ(flights_->in_flight(), 1U);
}

TEST_F(FlightsTest, CompleteOnce) {
  const auto batch = opened(1);
  complete(batch->handle(0));
  complete(batch->handle(0));
  EXPECT_EQ(sink_.count(), 1U);
  EXPECT_EQ(counters_.invalid_completions.value(), 1U);
}

TEST_F(FlightsTest, CountWhatTheyNeverOpened) {
  opened(1);
  for (const std::uint64_t handle : {0ULL, 1ULL, ~0ULL})
    complete(handle);
  EXPECT_EQ(sink_.count(), 0U);
  EXPECT_EQ(counters_.invalid_completions.value(), 3U);
}

TEST_F(FlightsTest, GiveNoHandleTwice) {
  std::set<std::uint64_t> handles;
  for (int i = 0; i < 1000; ++i) {
    const auto batch = opened(1);
    EXPECT_TRUE(handles.insert(batch->handle(0)).second);
    complete(batch->handle(0));
  }
}

TEST_F(FlightsTest, KeepTheMemoryUntilTheLastIsCompleted) {
  auto batch = opened(2);
  const std::weak_ptr<Batch> memory = batch;
  const auto first = batch->handle(0);
  const auto second = batch->handle(1);
  batch.reset();
  complete(first);
  EXPECT_FALSE(memory.expired());
  complete(second);
  EXPECT_TRUE(memory.expired());
}

TEST_F(FlightsTest, RefuseWhatPassesTheirCapacity) {
  opened(3);
  EXPECT_EQ(flights_->open(batch_of(2), kNow), Flights::Opened::kFull);
  EXPECT_EQ(flights_->open(batch_of(1), kNow), Flights::Opened::kOpened);
}

TEST_F(FlightsTest, CountNoOverdueMessageAgainstTheirCapacity) {
  const auto lost = opened(4, kNow + std::chrono::seconds{1});
  EXPECT_EQ(flights_->open(batch_of(1), kNow), Flights::Opened::kFull);
  EXPECT_EQ(flights_->open(batch_of(4), kNow + std::chrono::seconds{2}), Flights::Opened::kOpened);
  complete(lost->handle(0));  // still the plugin's to complete; that it is late is the lane's to say
  EXPECT_EQ(sink_.of(1).size(), 1U);
  EXPECT_EQ(flights_->open(batch_of(1), kNow + std::chrono::seconds{2}), Flights::Opened::kFull);
}

TEST_F(FlightsTest, GiveBackWhatIsNotCompleted) {
  const auto batch = opened(2);
  complete(batch->handle(0));
  flights_->give_back(*batch, domain::Outcome{});
  EXPECT_EQ(sink_.of(1).at(0).kind, OutcomeKind::kSuccess);
  EXPECT_EQ(sink_.of(2).at(0).kind, OutcomeKind::kError);
  EXPECT_EQ(sink_.count(), 2U);
}

TEST_F(FlightsTest, AreTimeoutsWhenTheyAreClosed) {
  const auto batch = opened(1);
  flights_->close(false);
  EXPECT_EQ(sink_.of(1).at(0).kind, OutcomeKind::kTimeout);
  EXPECT_EQ(flights_->open(batch_of(1), kNow), Flights::Opened::kClosed);
}

TEST_F(FlightsTest, CountAsLateWhatComesAfterTheyAreClosed) {
  const auto batch = opened(1);
  flights_->close(false);
  complete(batch->handle(0));
  complete(batch->handle(0));
  EXPECT_EQ(sink_.count(), 1U);
  EXPECT_EQ(counters_.late_completions.value(), 1U);
  EXPECT_EQ(counters_.invalid_completions.value(), 1U);
}

TEST_F(FlightsTest, FreeTheMemoryOfAStoppedPluginAndKeepThatOfOneThatHangs) {
  auto batch = opened(1);
  const std::weak_ptr<Batch> freed = batch;
  batch.reset();
  flights_->close(false);
  EXPECT_TRUE(freed.expired());

  flights_ = std::make_shared<Flights>(4, 43, counters_);
  batch = opened(1);
  const std::weak_ptr<Batch> kept = batch;
  batch.reset();
  flights_->close(true);
  EXPECT_FALSE(kept.expired());
}

TEST_F(FlightsTest, TouchNothingOnceDetached) {
  flights_->close(false);
  flights_->detach();
  complete(7);
  EXPECT_EQ(counters_.invalid_completions.value(), 0U);
}

}  // namespace
}  // namespace herald::providers
