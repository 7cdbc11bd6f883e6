#include "store/writer.h"

#include <atomic>
#include <functional>
#include <stdexcept>

#include <gtest/gtest.h>

#include "base/worker.h"
#include "store/completion.h"
#include "support/manual_clock.h"
#include "support/recording_log.h"

namespace herald::store {
namespace {

using base::ErrorCode;
using domain::MessageId;

// Answers accepts with growing ids; fails when told to.
class FakeStore final : public Store {
 public:
  explicit FakeStore(observe::Log& log) : log_(log) {}

  base::Status apply(std::span<Command> batch) override {
    batches.push_back(batch.size());
    if (during_apply) during_apply();
    if (failing) {
      const base::Error error{ErrorCode::kUnavailable, "disk is on fire"};
      fail_all(batch, error, log_);
      return tl::make_unexpected(error);
    }
    for (auto& command : batch)
      complete(std::get<Accept>(command).done, base::Result<MessageId>(MessageId{++last_id}), log_);
    return {};
  }
  base::Status recover() override {
    ++recoveries;
    if (failing) return base::fail(ErrorCode::kUnavailable, "still on fire");
    return {};
  }
  void maintain() override { ++maintained; }

  std::function<void()> during_apply;
  bool failing = false;
  int recoveries = 0;
  int maintained = 0;
  std::int64_t last_id = 0;
  std::vector<std::size_t> batches;

 private:
  observe::Log& log_;
};

class WriterTest : public ::testing::Test {
 protected:
  using Answer = base::Result<MessageId>;

  Command accepting() {
    return Accept{{}, {}, [this](Answer answer) { answers_.push_back(std::move(answer)); }};
  }
  void submit(std::size_t count) {
    for (std::size_t at = 0; at < count; ++at)
      writer_.submit(accepting());
  }
  void break_the_store() {
    store_.failing = true;
    submit(1);
    writer_.step();
    answers_.clear();
  }
  void pass(std::chrono::milliseconds time) { clock_.advance(time); }

  test::ManualClock clock_;
  test::RecordingLog log_;
  observe::Metrics metrics_;
  FakeStore store_{log_};
  std::vector<Answer> answers_;
  static constexpr std::size_t kMaxBatch = 8;
  Writer writer_{store_, clock_, log_, metrics_, kMaxBatch};
};

TEST_F(WriterTest, AppliesAllThatWaitsInOneCommit) {
  submit(5);
  EXPECT_TRUE(writer_.step());
  EXPECT_EQ(store_.batches, std::vector<std::size_t>{5});
}

TEST_F(WriterTest, AnswersAfterTheCommitAndNotBefore) {
  submit(2);
  EXPECT_TRUE(answers_.empty());
  writer_.step();
  ASSERT_EQ(answers_.size(), 2U);
  EXPECT_EQ(answers_[0], MessageId{1});
  EXPECT_EQ(answers_[1], MessageId{2});
}

TEST_F(WriterTest, CommitsNoMoreThanItsBatchAtOnceAndLosesNone) {
  submit(2 * kMaxBatch + 1);
  while (writer_.step()) {
  }
  EXPECT_EQ(store_.batches, (std::vector<std::size_t>{kMaxBatch, kMaxBatch, 1}));
  EXPECT_EQ(answers_.size(), 2 * kMaxBatch + 1);
}

TEST_F(WriterTest, TakesSeveralInOneSubmit) {
  std::vector<Command> commands;
  commands.push_back(accepting());
  commands.push_back(accepting());
  writer_.submit(std::move(commands));
  writer_.step();
  EXPECT_EQ(store_.batches, std::vector<std::size_t>{2});
}

TEST_F(WriterTest, AStepWithoutCommandsSaysSoAndMaintainsTheStore) {
  EXPECT_FALSE(writer_.step());
  EXPECT_TRUE(store_.batches.empty());
  EXPECT_EQ(store_.maintained, 1);
}

TEST_F(WriterTest, MaintainsTheStoreUnderLoadToo) {
  submit(1);
  writer_.step();
  EXPECT_EQ(store_.maintained, 1);
}

TEST_F(WriterTest, WhatADoneSubmitsIsForTheNextStep) {
  writer_.submit(Accept{{}, {}, [this](const Answer&) { submit(1); }});
  EXPECT_TRUE(writer_.step());
  EXPECT_TRUE(writer_.step());
  EXPECT_EQ(answers_.size(), 1U);
}

TEST_F(WriterTest, ADoneThatThrowsDoesNotBreakTheBatch) {
  writer_.submit(Accept{{}, {}, [](const Answer&) { throw std::runtime_error("no"); }});
  submit(1);
  EXPECT_TRUE(writer_.step());
  EXPECT_EQ(answers_.size(), 1U);
  EXPECT_TRUE(writer_.healthy());
}

TEST_F(WriterTest, CountsCommitsAndCommands) {
  submit(3);
  writer_.step();
  submit(2);
  writer_.step();
  EXPECT_EQ(metrics_.commits.value(), 2U);
  EXPECT_EQ(metrics_.commands.value(), 5U);
  EXPECT_EQ(metrics_.commit_failures.value(), 0U);
}

TEST_F(WriterTest, AFailedCommitMakesItUnhealthyAndIsLoggedAndCounted) {
  store_.failing = true;
  submit(2);
  writer_.step();
  EXPECT_FALSE(writer_.healthy());
  EXPECT_EQ(metrics_.commit_failures.value(), 1U);
  EXPECT_EQ(metrics_.commits.value(), 0U);
  ASSERT_EQ(log_.of("store.commit_failed").size(), 1U);
  EXPECT_EQ(log_.of("store.commit_failed")[0].fields.at("error"), "disk is on fire");
}

TEST_F(WriterTest, FailsWhatComesUntilTheStoreHasRecovered) {
  break_the_store();
  submit(3);
  EXPECT_TRUE(writer_.step());
  ASSERT_EQ(answers_.size(), 3U);
  EXPECT_EQ(answers_[0].error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(store_.batches.size(), 1U) << "a store that has failed gets no batch";
}

TEST_F(WriterTest, LogsAnIncidentOnce) {
  break_the_store();
  for (int count = 0; count < 5; ++count) {
    submit(1);
    writer_.step();
    pass(std::chrono::milliseconds{100});
  }
  EXPECT_EQ(log_.of("store.commit_failed").size(), 1U);
}

TEST_F(WriterTest, TriesToRecoverNoMoreOftenThanEvery100Ms) {
  break_the_store();
  writer_.step();
  EXPECT_EQ(store_.recoveries, 1);
  pass(std::chrono::milliseconds{99});
  writer_.step();
  EXPECT_EQ(store_.recoveries, 1);
  pass(std::chrono::milliseconds{1});
  writer_.step();
  EXPECT_EQ(store_.recoveries, 2);
}

TEST_F(WriterTest, CommitsAgainOnceRecovered) {
  break_the_store();
  writer_.step();
  store_.failing = false;
  pass(std::chrono::milliseconds{100});
  submit(1);
  EXPECT_TRUE(writer_.step());
  EXPECT_TRUE(writer_.healthy());
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_TRUE(answers_[0]);
  EXPECT_EQ(log_.of("store.recovered").size(), 1U);
}

TEST_F(WriterTest, RecoversAlsoWhenNothingWaits) {
  break_the_store();
  store_.failing = false;
  EXPECT_FALSE(writer_.step());
  EXPECT_TRUE(writer_.healthy());
}

TEST_F(WriterTest, AStoreThatHasFailedIsNotMaintained) {
  break_the_store();
  writer_.step();
  EXPECT_EQ(store_.maintained, 0);
}

TEST_F(WriterTest, RefusesAtOnceWhenClosed) {
  writer_.close();
  submit(1);
  std::vector<Command> commands;
  commands.push_back(accepting());
  writer_.submit(std::move(commands));
  ASSERT_EQ(answers_.size(), 2U);
  EXPECT_EQ(answers_[0].error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(answers_[1].error().code, ErrorCode::kUnavailable);
}

TEST_F(WriterTest, AppliesWhatWasQueuedBeforeTheClose) {
  submit(1);
  writer_.close();
  EXPECT_TRUE(writer_.step());
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_TRUE(answers_[0]);
}

TEST_F(WriterTest, FailsWhatNobodySteppedForWhenItEnds) {
  {
    Writer writer(store_, clock_, log_, metrics_, 1);
    writer.submit(accepting());
    writer.submit(accepting());
    writer.submit(accepting());
    writer.step();
  }
  ASSERT_EQ(answers_.size(), 3U);
  EXPECT_TRUE(answers_[0]);
  EXPECT_FALSE(answers_[1]);
  EXPECT_FALSE(answers_[2]);
}

TEST_F(WriterTest, DoesNotSleepOnTheRestOfALargeQueue) {
  submit(kMaxBatch + 1);
  writer_.wait(std::chrono::hours{1});
  writer_.step();
  writer_.wait(std::chrono::hours{1});
  writer_.step();
  EXPECT_EQ(answers_.size(), kMaxBatch + 1);
}

TEST_F(WriterTest, RefusesAcceptsBeyondWhatMayWaitAndTakesThemAgainAfterACommit) {
  submit(Writer::kWaitingAccepts + 1);
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].error().code, ErrorCode::kExhausted);
  writer_.step();
  submit(1);
  while (writer_.step()) {
  }
  EXPECT_EQ(answers_.size(), Writer::kWaitingAccepts + 2);
  EXPECT_TRUE(answers_.back());
}

TEST_F(WriterTest, IsOverloadedWhenManyAcceptsHaveWaitedForLong) {
  submit(Writer::kStandingAccepts);
  pass(Writer::kStandingTime - std::chrono::milliseconds{1});
  EXPECT_FALSE(writer_.overloaded({})) << "a burst";
  pass(std::chrono::milliseconds{1});
  EXPECT_TRUE(writer_.overloaded({}));
}

TEST_F(WriterTest, IsNotOverloadedByFewAcceptsHoweverLongTheyWait) {
  submit(Writer::kStandingAccepts - 1);
  pass(std::chrono::hours{1});
  EXPECT_FALSE(writer_.overloaded({}));
}

TEST_F(WriterTest, CountsWhatWaitsBehindTheCommitUnderWay) {
  submit(Writer::kStandingAccepts + kMaxBatch);
  pass(Writer::kStandingTime);
  writer_.step();
  EXPECT_TRUE(writer_.overloaded({})) << "as many as before are left";
  writer_.step();
  EXPECT_FALSE(writer_.overloaded({}));
}

TEST_F(WriterTest, IsOverloadedAtOnceWhenAQueueStandsAgainSoon) {
  submit(Writer::kStandingAccepts);
  pass(Writer::kStandingTime);
  writer_.step();
  pass(Writer::kStandingMemory - std::chrono::milliseconds{1});
  EXPECT_FALSE(writer_.overloaded({}));
  submit(kMaxBatch);
  EXPECT_TRUE(writer_.overloaded({}));
}

TEST_F(WriterTest, CountsTheTimeAnewWhenNoQueueHasStoodForAWhile) {
  submit(Writer::kStandingAccepts);
  pass(Writer::kStandingTime);
  writer_.step();
  pass(Writer::kStandingMemory);
  submit(kMaxBatch);
  EXPECT_FALSE(writer_.overloaded({}));
  pass(Writer::kStandingTime);
  EXPECT_TRUE(writer_.overloaded({}));
}

TEST_F(WriterTest, TakesABurstHoweverLateItsRequestsAre) {
  submit(Writer::kStandingAccepts);
  pass(Writer::kStandingTime - std::chrono::milliseconds{1});
  writer_.step();
  EXPECT_FALSE(writer_.overloaded(std::chrono::hours{1}));
}

TEST_F(WriterTest, RefusesALateRequestAsLongAsAQueueHasStoodLately) {
  submit(Writer::kStandingAccepts);
  pass(Writer::kStandingTime);
  writer_.step();
  EXPECT_TRUE(writer_.overloaded(Writer::kLate));
  EXPECT_FALSE(writer_.overloaded(Writer::kLate - std::chrono::nanoseconds{1}));
  pass(Writer::kStandingMemory);
  EXPECT_FALSE(writer_.overloaded(Writer::kLate));
}

TEST_F(WriterTest, RefusesAcceptsBeyondTheBytesThatMayWait) {
  Accept large{{}, {}, [this](Answer answer) { answers_.push_back(std::move(answer)); }};
  large.message.content.body.assign(Writer::kWaitingBytes, 'x');
  writer_.submit(std::move(large));
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].error().code, ErrorCode::kExhausted);
}

TEST_F(WriterTest, RefusesWhatCarriersBringBeyondTheBytesThatMayWait) {
  std::vector<base::Result<Received>> answers;
  Receive messages;
  messages.messages.resize(1);
  messages.messages[0].content.body.assign(Writer::kWaitingBytes, 'x');
  messages.done = [&answers](base::Result<Received> answer) { answers.push_back(std::move(answer)); };
  Receive receipts;
  receipts.receipts.resize(Writer::kWaitingBytes / sizeof(domain::Receipt));
  receipts.done = messages.done;
  writer_.submit(std::move(messages));
  writer_.submit(std::move(receipts));
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].error().code, ErrorCode::kExhausted);
  EXPECT_EQ(answers[1].error().code, ErrorCode::kExhausted);
}

TEST_F(WriterTest, IsUnhealthyWhileACommitIsStuck) {
  store_.during_apply = [this] {
    EXPECT_TRUE(writer_.healthy());
    pass(Writer::kSlowCommit);
    EXPECT_FALSE(writer_.healthy());
  };
  submit(1);
  writer_.step();
  EXPECT_TRUE(writer_.healthy());
}

TEST_F(WriterTest, AnswersEachCommandOnceWithManyThreadsSubmitting) {
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  std::atomic<int> answered{0};
  std::atomic<bool> stop{false};
  {
    const base::Worker stepper("writer", [&] {
      while (!stop || writer_.step()) {
        if (!writer_.step()) writer_.wait(std::chrono::milliseconds{1});
      }
    });
    {
      std::vector<base::Worker> submitters;
      for (int thread = 0; thread < kThreads; ++thread) {
        submitters.emplace_back("submit", [&] {
          for (int count = 0; count < kEach; ++count)
            writer_.submit(Accept{{}, {}, [&answered](const Answer&) { ++answered; }});
        });
      }
    }
    stop = true;
  }
  EXPECT_EQ(answered, kThreads * kEach);
}

}  // namespace
}  // namespace herald::store
