#include "inbound_contract.h"

namespace herald::store {
namespace {

using domain::Status;

// What a command made of its receipts.
struct Fates {
  std::size_t applied = 0;
  std::size_t parked = 0;
  std::size_t ignored = 0;
  friend bool operator==(const Fates&, const Fates&) = default;
};
constexpr Fates kApplied{1, 0, 0};
constexpr Fates kParked{0, 1, 0};
constexpr Fates kIgnored{0, 0, 1};

Fates fates(const Received& received) {
  return {received.applied, received.parked, received.ignored};
}

TEST_P(InboundContract, AReceiptDeliversAMessage) {
  const auto id = send_as("pm-1");
  clock_.advance(ms(40));
  EXPECT_EQ(fates(report("pm-1", true)), kApplied);
  const auto found = find(id);
  EXPECT_EQ(found.status, Status::kDelivered);
  EXPECT_EQ(found.error_code, "");
  EXPECT_EQ(found.updated_at, now());
  EXPECT_EQ(found.attempts.size(), 1U);
  EXPECT_EQ(found.provider_message_id, "pm-1");
}

TEST_P(InboundContract, AReceiptOfAFailureTellsWhy) {
  const auto id = send_as("pm-1");
  EXPECT_EQ(fates(report("pm-1", false, "30005")), kApplied);
  EXPECT_EQ(status(id), Status::kFailed);
  EXPECT_EQ(find(id).error_code, "30005");
}

TEST_P(InboundContract, AReceiptOfAFailureWithoutAReasonSaysUndelivered) {
  const auto id = send_as("pm-1");
  report("pm-1", false);
  EXPECT_EQ(find(id).error_code, "undelivered");
}

TEST_P(InboundContract, ADeliveredMessageHasNoErrorWhateverItsReceiptSays) {
  const auto id = send_as("pm-1");
  report("pm-1", true, "0");
  EXPECT_EQ(find(id).error_code, "");
}

TEST_P(InboundContract, AReceiptFindsItsMessageOverARestart) {
  const auto id = send_as("pm-1");
  restart();
  EXPECT_EQ(fates(report("pm-1", true)), kApplied);
  restart();
  EXPECT_EQ(status(id), Status::kDelivered);
}

TEST_P(InboundContract, TheSameReceiptTwiceChangesNothing) {
  const auto id = send_as("pm-1");
  report("pm-1", true);
  const auto delivered_at = now();
  clock_.advance(ms(5));
  EXPECT_EQ(fates(report("pm-1", true)), kIgnored);
  EXPECT_EQ(find(id).updated_at, delivered_at);
}

TEST_P(InboundContract, TheFirstFinalReceiptWins) {
  const auto delivered = send_as("pm-1");
  report("pm-1", true);
  EXPECT_EQ(fates(report("pm-1", false, "30005")), kIgnored);
  EXPECT_EQ(status(delivered), Status::kDelivered);
  const auto failed = send_as("pm-2");
  report("pm-2", false, "30005");
  restart();
  EXPECT_EQ(fates(report("pm-2", true)), kIgnored);
  EXPECT_EQ(status(failed), Status::kFailed);
  EXPECT_EQ(find(failed).error_code, "30005");
}

TEST_P(InboundContract, TwoReceiptsOfOneCommandAreTakenInTheirOrder) {
  const auto id = send_as("pm-1");
  const auto answer = receive(
      receiving(std::vector<domain::Receipt>{{"pm-1", false, "30005"}, {"pm-1", true, ""}, {"pm-9", true, ""}}));
  EXPECT_EQ(fates(answer), (Fates{1, 1, 1}));
  EXPECT_EQ(status(id), Status::kFailed);
}

TEST_P(InboundContract, AnEarlyReceiptIsAppliedWhenItsMessageSettles) {
  const auto id = claim_new();
  EXPECT_EQ(fates(report("pm-1", true)), kParked);
  EXPECT_EQ(status(id), Status::kDispatching);
  clock_.advance(ms(9));
  ASSERT_TRUE(settle(taken_as("pm-1", id)));
  const auto found = find(id);
  EXPECT_EQ(found.status, Status::kDelivered);
  EXPECT_EQ(found.updated_at, now());
  EXPECT_EQ(found.attempts.size(), 1U);
  EXPECT_EQ(depth().dispatching, 0U);
}

TEST_P(InboundContract, AnEarlyReceiptOfAFailureIsAppliedWithItsReason) {
  const auto told = claim_new();
  report("pm-1", false, "30005");
  ASSERT_TRUE(settle(taken_as("pm-1", told)));
  EXPECT_EQ(status(told), Status::kFailed);
  EXPECT_EQ(find(told).error_code, "30005");
  const auto silent = claim_new();
  report("pm-2", false);
  ASSERT_TRUE(settle(taken_as("pm-2", silent)));
  EXPECT_EQ(find(silent).error_code, "undelivered");
}

TEST_P(InboundContract, AnEarlyReceiptWaitsOverARestart) {
  const auto id = claim_new();
  report("pm-1", true);
  restart(UncertainPolicy::kResend);
  claim();
  ASSERT_TRUE(settle(taken_as("pm-1", id)));
  EXPECT_EQ(status(id), Status::kDelivered);
}

TEST_P(InboundContract, OfTwoEarlyReceiptsTheFirstCounts) {
  const auto id = claim_new();
  EXPECT_EQ(fates(report("pm-1", true)), kParked);
  EXPECT_EQ(fates(report("pm-1", false, "30005")), kIgnored);
  ASSERT_TRUE(settle(taken_as("pm-1", id)));
  EXPECT_EQ(status(id), Status::kDelivered);
}

TEST_P(InboundContract, AnEarlyReceiptIsAppliedOnce) {
  const auto first = claim_new();
  report("pm-1", true);
  ASSERT_TRUE(settle(taken_as("pm-1", first)));
  EXPECT_EQ(fates(report("pm-1", true)), kIgnored);
  const auto second = send_as("pm-1");
  EXPECT_EQ(status(second), Status::kDispatched) << "the receipt was the first message's";
}

TEST_P(InboundContract, AReceiptAndItsSettlementMayShareACommitInEitherOrder) {
  for (const bool receipt_first : {true, false}) {
    const auto id = claim_new();
    std::vector<Command> batch;
    batch.emplace_back(Settle{{taken_as("pm-" + id.text(), id)}, {}});
    batch.emplace_back(receiving(std::vector{domain::Receipt{"pm-" + id.text(), true, ""}}));
    if (receipt_first) std::swap(batch[0], batch[1]);
    ASSERT_TRUE(store().apply(batch));
    EXPECT_EQ(status(id), Status::kDelivered) << receipt_first;
  }
}

TEST_P(InboundContract, AnEarlyReceiptDoesNotTouchAnAttemptThatWasNotTaken) {
  const auto id = claim_new();
  report("pm-1", true);
  auto failed = refused(id);
  failed.receipts = true;
  failed.attempt.outcome.provider_message_id = "pm-1";
  ASSERT_TRUE(settle(failed));
  EXPECT_EQ(status(id), Status::kFailed);
  EXPECT_EQ(find(id).error_code, "30003");
}

TEST_P(InboundContract, AReceiptDoesNotTouchAMessageThatWaitsForItsRetry) {
  const auto id = claim_new();
  auto later = retried(id, now());
  later.receipts = true;
  later.attempt.outcome.provider_message_id = "pm-1";
  ASSERT_TRUE(settle(later));
  EXPECT_EQ(fates(report("pm-1", true)), kParked);
  EXPECT_EQ(status(id), Status::kPending);
  claim();
  ASSERT_TRUE(settle(taken_as("pm-2", id, 2)));
  EXPECT_EQ(status(id), Status::kDispatched);
  EXPECT_EQ(fates(report("pm-2", true)), kApplied);
}

TEST_P(InboundContract, AProviderThatSendsNoReceiptsHasNoIdsKept) {
  const auto id = claim_new();
  auto item = taken_as("pm-1", id);
  item.receipts = false;
  ASSERT_TRUE(settle(item));
  EXPECT_EQ(fates(report("pm-1", true)), kParked);
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_P(InboundContract, AMessageTakenWithoutAnIdIsFoundByNoReceipt) {
  const auto id = send_as("");
  EXPECT_EQ(fates(report("", true)), kIgnored);
  EXPECT_EQ(status(id), Status::kDispatched);
}

TEST_P(InboundContract, AnIdMeansWhatItsOwnProviderCallsSo) {
  const auto id = send_as("pm-1");
  auto command = receiving(std::vector{domain::Receipt{"pm-1", true, ""}});
  command.provider = "beta";
  EXPECT_EQ(fates(receive(command)), kParked);
  EXPECT_EQ(status(id), Status::kDispatched);
  EXPECT_EQ(fates(report("pm-1", true)), kApplied);
}

TEST_P(InboundContract, AnIdThatIsUsedAnewNamesTheNewerMessage) {
  const auto older = send_as("pm-1");
  const auto newer = send_as("pm-1");
  EXPECT_EQ(fates(report("pm-1", true)), kApplied);
  EXPECT_EQ(status(older), Status::kDispatched);
  EXPECT_EQ(status(newer), Status::kDelivered);
}

TEST_P(InboundContract, ADeliveredMessageIsNotSentAgain) {
  send_as("pm-1");
  report("pm-1", true);
  EXPECT_TRUE(claim().messages.empty());
  restart(UncertainPolicy::kResend);
  EXPECT_TRUE(claim().messages.empty());
  EXPECT_EQ(depth().waiting, 0U);
}

TEST_P(InboundContract, ReceiptsAndMessagesMayComeTogether) {
  const auto sent = send_as("pm-1");
  auto command = receiving(std::vector{inbound("in-1")});
  command.receipts = {{"pm-1", true, ""}};
  const auto answer = receive(command);
  EXPECT_EQ(answer.messages.size(), 1U);
  EXPECT_EQ(fates(answer), kApplied);
  EXPECT_EQ(status(sent), Status::kDelivered);
}

}  // namespace
}  // namespace herald::store
