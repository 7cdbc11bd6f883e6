// A disk that refuses: what a provider has answered is kept until the store takes it.
#include <gtest/gtest.h>

#include "delivery_fixture.h"

namespace herald::delivery {
namespace {

class LaneOnABrokenDisk : public LaneTest {
 protected:
  // A provider has the message when the disk fails; it answers while the disk refuses.
  domain::MessageId finish_without_disk(domain::Outcome outcome) {
    sms().hang();
    const auto id = accept();
    settle_down();
    store_.break_disk();
    sms().complete(0, std::move(outcome));
    pass(seconds{1});
    sms().always(success());
    return id;
  }
};

TEST_F(LaneOnABrokenDisk, SettlesLaterWithoutCallingTheProviderAgain) {
  const auto id = finish_without_disk(success());
  EXPECT_EQ(status(id), Status::kDispatching);
  EXPECT_FALSE(lane().idle());
  store_.mend_disk();
  pass(seconds{1});
  EXPECT_EQ(status(id), Status::kDispatched);
  EXPECT_EQ(store_.row(id).attempts.size(), 1U);
  EXPECT_EQ(sms().calls().size(), 1U);
  EXPECT_TRUE(lane().idle());
}

TEST_F(LaneOnABrokenDisk, CountsAndLogsOnlyWhatIsCommitted) {
  finish_without_disk(success());
  EXPECT_EQ(counters().attempts.value(), 0U);
  EXPECT_TRUE(log_.of("dispatch.settled").empty());
  store_.mend_disk();
  pass(seconds{1});
  EXPECT_EQ(counters().attempts.value(), 1U);
  EXPECT_EQ(log_.of("dispatch.settled").size(), 1U);
}

TEST_F(LaneOnABrokenDisk, TellsOfAnOutageOnce) {
  finish_without_disk(success());
  pass(seconds{5});
  EXPECT_EQ(log_.of("dispatch.settle_postponed").size(), 1U);
}

TEST_F(LaneOnABrokenDisk, DoesNotRepeatForEverWhatTheStoreCallsInvalid) {
  store_.refuse_settlements();
  accept();
  pass(seconds{5});
  EXPECT_EQ(store_.counts().settles, 1U);
  ASSERT_EQ(log_.of("dispatch.settle_refused").size(), 1U);
  EXPECT_EQ(log_.of("dispatch.settle_refused").front().level, observe::LogLevel::kError);
  EXPECT_EQ(counters().attempts.value(), 0U);
  EXPECT_TRUE(lane().idle());
}

TEST_F(LaneOnABrokenDisk, TakesNoNewWork) {
  sms().hang();
  accept_many(2);
  settle_down();
  store_.break_disk();
  sms().complete(0, success());
  pass(seconds{5});
  EXPECT_FALSE(lane().inbox().has_demand());
  EXPECT_EQ(sms().calls().size(), 2U);
}

TEST_F(LaneOnABrokenDisk, GoesOnWhenTheDiskIsMended) {
  finish_without_disk(success());
  store_.mend_disk();
  pass(seconds{1});
  const auto next = accept();
  settle_down();
  EXPECT_EQ(status(next), Status::kDispatched);
}

TEST_F(LaneOnABrokenDisk, ClaimsAgainAfterAClaimThatFailed) {
  const auto id = accept();
  store_.break_disk();
  pass(seconds{1});
  EXPECT_TRUE(sms().calls().empty());
  EXPECT_EQ(status(id), Status::kPending);
  store_.mend_disk();
  pass(seconds{1});
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_F(LaneOnABrokenDisk, DoesNotHammerIt) {
  accept();
  store_.break_disk();
  settle_down();
  EXPECT_GT(dispatcher_.next_wakeup(), milliseconds{0});
}

TEST_F(LaneOnABrokenDisk, PutsBackLaterWhatItCouldNotPutBack) {
  const auto id = accept();
  dispatcher_.step();
  writer_.step();
  ASSERT_EQ(status(id), Status::kDispatching);
  store_.break_disk();
  lane().begin_stop();
  pass(seconds{1});
  EXPECT_EQ(status(id), Status::kDispatching);
  EXPECT_FALSE(lane().idle());
  store_.mend_disk();
  pass(seconds{1});
  EXPECT_EQ(status(id), Status::kPending);
  EXPECT_TRUE(lane().idle());
}

TEST_F(LaneOnABrokenDisk, ASettlementThatWasDurableAfterAllIsNotAppliedTwice) {
  sms().hang();
  const auto id = accept();
  settle_down();
  store_.break_answers();
  sms().complete(0, error());
  settle_down();
  ASSERT_EQ(status(id), Status::kPending) << "durable, although it was reported as failed";
  store_.mend_disk();
  sms().always(success());
  pass(seconds{2});
  EXPECT_EQ(status(id), Status::kDispatched);
  EXPECT_EQ(store_.row(id).attempts.size(), 2U);
}

// The claim was at the writer already when the settlement failed, and takes the message for its second attempt.
TEST_F(LaneOnABrokenDisk, ForgetsAFailedSettlementWhoseMessageIsClaimedAgain) {
  auto now = error();
  now.kind = OutcomeKind::kRateLimited;
  sms().hang();
  const auto id = accept();
  settle_down();
  store_.break_answers();
  sms().complete(0, now);
  lane().step();
  writer_.step();  // settles, and reports a failure
  ASSERT_EQ(status(id), Status::kPending);
  clock_.advance(seconds{1});
  store_.mend_disk();
  accept();
  dispatcher_.step();  // the lane has not heard of the failure: it still has demand
  settle_down();
  ASSERT_EQ(sms().calls().size(), 3U);
  EXPECT_EQ(status(id), Status::kDispatching);
  pass(seconds{2});
  EXPECT_EQ(status(id), Status::kDispatching) << "the first attempt's settlement must not end the second";
  EXPECT_EQ(store_.row(id).attempts.size(), 1U);
}

}  // namespace
}  // namespace herald::delivery
