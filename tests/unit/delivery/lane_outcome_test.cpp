// What a lane makes of each outcome.
#include <gtest/gtest.h>

#include "delivery_fixture.h"

namespace herald::delivery {
namespace {

TEST_F(LaneTest, DispatchesWhatWasAccepted) {
  const auto id = accept();
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
  ASSERT_EQ(store_.row(id).attempts.size(), 1U);
  const auto attempt = store_.row(id).attempts.front();
  EXPECT_EQ(attempt.number, 1U);
  EXPECT_EQ(attempt.provider, "sms");
  EXPECT_EQ(attempt.outcome.provider_message_id, "carrier-1");
  EXPECT_EQ(attempt.started_at, clock_.wall());
}

TEST_F(LaneTest, TellsOfASettledAttemptInOneLine) {
  const auto id = accept();
  settle_down();
  const auto lines = log_.of("dispatch.settled");
  ASSERT_EQ(lines.size(), 1U);
  const std::map<std::string, std::string> expected{
      {"message_id", id.text()}, {"request_id", "request-1"}, {"provider_name", "sms"}, {"channel", "sms"},
      {"attempt", "1"},          {"outcome", "success"},      {"status", "dispatched"}, {"latency_ms", "0"},
      {"error_code", ""}};
  EXPECT_EQ(lines.front().level, observe::LogLevel::kInfo);
  EXPECT_EQ(lines.front().fields, expected);
}

TEST_F(LaneTest, CountsEveryOutcomeByItsKind) {
  sms().in_turn({success(), error(), outcome_of(OutcomeKind::kTimeout), outcome_of(OutcomeKind::kRateLimited),
                 outcome_of(OutcomeKind::kRejected)});
  accept_many(5);
  settle_down();
  EXPECT_EQ(counters().attempts.value(), 5U);
  EXPECT_EQ(counters().success.value(), 1U);
  EXPECT_EQ(counters().error.value(), 2U);
  EXPECT_EQ(counters().timeout.value(), 1U);
  EXPECT_EQ(counters().rate_limited.value(), 1U);
  EXPECT_EQ(counters().rejected.value(), 1U);
  EXPECT_EQ(metrics_.retries.value(), 3U);
}

TEST_F(LaneTest, MeasuresFromSubmitToOutcome) {
  sms().hang();
  const auto id = accept();
  settle_down();
  clock_.advance(milliseconds{40});
  sms().complete(0, success());
  clock_.advance(milliseconds{500});  // until the lane comes to look
  settle_down();
  EXPECT_EQ(store_.row(id).attempts.front().latency, milliseconds{40});
}

TEST_F(LaneTest, FailsAtOnceWhatIsRejected) {
  sms().always(outcome_of(OutcomeKind::kRejected, "unknown_number"));
  const auto id = accept();
  settle_down();
  EXPECT_EQ(status(id), Status::kFailed);
  EXPECT_EQ(store_.row(id).error_code, "unknown_number");
  EXPECT_EQ(sms().calls().size(), 1U);
}

TEST_F(LaneTest, TriesAgainAfterItsBackoff) {
  sms().in_turn({error()});
  const auto id = accept();
  settle_down();
  EXPECT_EQ(status(id), Status::kPending);
  const auto due = store_.row(id).due;
  EXPECT_GT(due, clock_.wall());
  EXPECT_LE(due, clock_.wall() + milliseconds{750});
  clock_.advance(due - clock_.wall() - milliseconds{1});
  settle_down();
  EXPECT_EQ(sms().calls().size(), 1U);
  clock_.advance(milliseconds{1});
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
  ASSERT_EQ(sms().calls().size(), 2U);
  EXPECT_EQ(sms().calls().back().attempt, 2U);
}

TEST_F(LaneTest, KnowsWhenARetryIsDueWithoutPolling) {
  sms().in_turn({error()});
  const auto id = accept();
  settle_down();
  EXPECT_LE(dispatcher_.next_wakeup(), store_.row(id).due - clock_.wall());
}

TEST_F(LaneTest, GivesUpWhenTheAttemptsAreUsedUp) {
  sms().always(outcome_of(OutcomeKind::kRateLimited, "http_429"));
  const auto id = accept();
  pass(seconds{20});
  EXPECT_EQ(status(id), Status::kFailed);
  EXPECT_EQ(store_.row(id).error_code, "http_429");
  EXPECT_EQ(store_.row(id).attempts.size(), options_.retry.max_retries + 1U);
}

TEST_F(LaneTest, ARetryAfterDelaysItsOwnMessageOnly) {
  auto limited = outcome_of(OutcomeKind::kRateLimited);
  limited.retry_after = seconds{20};
  sms().in_turn({limited});
  const auto slow = accept();
  const auto quick = accept();
  pass(seconds{19});
  EXPECT_EQ(status(quick), Status::kDispatched);
  EXPECT_EQ(status(slow), Status::kPending);
  pass(seconds{2});
  EXPECT_EQ(status(slow), Status::kDispatched);
}

TEST_F(LaneTest, ALaneWideRetryAfterHoldsTheWholeLane) {
  auto limited = outcome_of(OutcomeKind::kRateLimited);
  limited.retry_after = seconds{20};
  limited.lane_wide = true;
  sms().in_turn({limited});
  accept();
  settle_down();
  const auto held = accept();
  const auto claims = store_.counts().claims;
  pass(seconds{19});
  EXPECT_EQ(status(held), Status::kPending);
  EXPECT_EQ(store_.counts().claims, claims);
  EXPECT_EQ(view().paced_until, test::ManualClock::kStart + seconds{20});
  pass(seconds{1});
  EXPECT_EQ(status(held), Status::kDispatched);
  EXPECT_FALSE(view().paced_until);
}

TEST_F(LaneTest, PutsBackWhatWasClaimedWhenThePaceStops) {
  auto limited = outcome_of(OutcomeKind::kRateLimited);
  limited.retry_after = seconds{20};
  limited.lane_wide = true;
  sms().set_window(1, 64);
  sms().in_turn({limited});
  const auto ids = accept_many(3);
  settle_down();
  EXPECT_EQ(sms().calls().size(), 1U);
  EXPECT_EQ(store_.counts().released, 2U);
  EXPECT_TRUE(store_.row(ids[2]).attempts.empty());
}

TEST_F(LaneTest, GivesUpACallAtItsDeadlineAndNotBefore) {
  sms().hang();
  const auto id = accept();
  settle_down();
  clock_.advance(kTimeout + Lane::kGrace - milliseconds{1});
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatching);
  EXPECT_EQ(lane().next_wakeup(), milliseconds{1});
  clock_.advance(milliseconds{1});
  settle_down();
  EXPECT_EQ(status(id), Status::kPending);
  ASSERT_EQ(store_.row(id).attempts.size(), 1U);
  EXPECT_EQ(store_.row(id).attempts.front().outcome.kind, OutcomeKind::kTimeout);
  EXPECT_EQ(store_.row(id).attempts.front().outcome.error_code, "deadline");
}

TEST_F(LaneTest, TellsTheProviderTheDeadline) {
  const auto submitted = clock_.mono();
  accept();
  settle_down();
  EXPECT_EQ(sms().calls().front().deadline, submitted + kTimeout);
}

TEST_F(LaneTest, TakesAnAnswerWithinTheGrace) {
  sms().hang();
  const auto id = accept();
  settle_down();
  clock_.advance(kTimeout + milliseconds{100});
  sms().complete(0, success());
  settle_down();
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_F(LaneTest, CountsALateCompletionAndIgnoresIt) {
  sms().hang();
  const auto id = accept();
  pass(kTimeout + Lane::kGrace);
  ASSERT_EQ(status(id), Status::kPending);
  sms().complete(0, success());
  settle_down();
  EXPECT_EQ(counters().late_completions.value(), 1U);
  const auto lines = log_.of("dispatch.late_completion");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].fields.at("request_id"), "request-1");
  EXPECT_EQ(counters().invalid_completions.value(), 0U);
  EXPECT_EQ(store_.row(id).attempts.size(), 1U);
}

TEST_F(LaneTest, CountsASecondCompletionAndIgnoresIt) {
  sms().hang();
  const auto id = accept();
  settle_down();
  sms().complete(0, success());
  sms().complete(0, error());
  settle_down();
  EXPECT_EQ(counters().invalid_completions.value(), 1U);
  EXPECT_EQ(counters().late_completions.value(), 0U);
  EXPECT_EQ(status(id), Status::kDispatched);
  EXPECT_EQ(store_.row(id).attempts.size(), 1U);
}

TEST_F(LaneTest, CountsACompletionThatNobodyAskedFor) {
  accept();
  settle_down();
  sms().complete_ticket(4711, success());
  settle_down();
  EXPECT_EQ(counters().invalid_completions.value(), 1U);
}

TEST_F(LaneTest, NeverUsesATicketTwice) {
  sms().in_turn({error(), success()});
  accept_many(20);
  pass(seconds{2});
  std::vector<domain::Ticket> tickets;
  for (const auto& call : sms().calls())
    tickets.push_back(call.ticket);
  std::sort(tickets.begin(), tickets.end());
  EXPECT_EQ(tickets.size(), 21U);
  EXPECT_EQ(std::adjacent_find(tickets.begin(), tickets.end()), tickets.end());
}

TEST_F(LaneTest, KeepsToTheProvidersWindowAndBatch) {
  sms().set_window(4, 10);
  sms().hang();
  accept_many(30);
  settle_down();
  EXPECT_EQ(sms().calls().size(), 10U);
  EXPECT_EQ(view().in_flight, 10U);
  EXPECT_EQ(counters().in_flight.value(), 10);
  EXPECT_EQ(sms().batches(), (std::vector<std::size_t>{4, 4, 2}));
  EXPECT_EQ(store_.count(Status::kPending), 20U);
  sms().complete(3, success());
  settle_down();
  EXPECT_EQ(sms().calls().size(), 11U);
}

TEST_F(LaneTest, PutsBackWhatAShrunkWindowHasNoRoomFor) {
  sms().hang();
  const auto ids = accept_many(5);
  dispatcher_.step();
  sms().set_window(16, 2);
  settle_down();
  EXPECT_EQ(sms().calls().size(), 2U);
  EXPECT_EQ(status(ids[2]), Status::kPending);
  EXPECT_TRUE(store_.row(ids[2]).attempts.empty());
}

TEST_F(LaneTest, DispatchesInOrderOfAcceptance) {
  const auto ids = accept_many(40);
  settle_down();
  ASSERT_EQ(sms().calls().size(), ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i)
    EXPECT_EQ(sms().calls()[i].id, ids[i]);
}

TEST_F(LaneTest, SettlesAllThatCompletedInsideASubmitWithOneCommand) {
  sms().set_window(4, 64);
  accept_many(40);
  settle_down();
  EXPECT_EQ(sms().batches().size(), 10U);
  EXPECT_EQ(store_.counts().settles, 1U);
  EXPECT_EQ(store_.counts().settled, 40U);
}

}  // namespace
}  // namespace herald::delivery
