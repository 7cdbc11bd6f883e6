#include "store_contract.h"

namespace herald::store {
namespace {

using domain::Status;
using Ids = std::vector<domain::MessageId>;

TEST_P(StoreContract, ClaimsInOrderOfDueTimeThenId) {
  const auto late = accept();
  clock_.jump_wall(-ms(10));
  const auto early = accept();
  const auto early_too = accept();
  clock_.jump_wall(ms(10));
  EXPECT_EQ(ids_of(claim()), (Ids{early, early_too, late}));
}

TEST_P(StoreContract, ClaimsNoMoreThanTheLimit) {
  const auto first = accept();
  const auto second = accept();
  const auto third = accept();
  EXPECT_EQ(ids_of(claim(2)), (Ids{first, second}));
  EXPECT_EQ(ids_of(claim(2)), Ids{third});
  EXPECT_TRUE(claim(2).messages.empty());
}

TEST_P(StoreContract, ALimitOfZeroClaimsNothing) {
  accept();
  const auto claimed = claim(0);
  EXPECT_TRUE(claimed.messages.empty());
  EXPECT_EQ(claimed.next_due, now());
}

TEST_P(StoreContract, ClaimsOnlyTheProvidersOwn) {
  accept("beta");
  const auto own = accept("alpha");
  EXPECT_EQ(ids_of(claim(100, "alpha")), Ids{own});
}

TEST_P(StoreContract, AProviderThatNoMessageNamedHasNothingToClaim) {
  accept("alpha");
  const auto claimed = claim(100, "nobody");
  EXPECT_TRUE(claimed.messages.empty());
  EXPECT_EQ(claimed.next_due, std::nullopt);
}

TEST_P(StoreContract, AClaimedMessageCarriesWhatTheCallNeeds) {
  auto written = message();
  written.content.attachments = {"https://example.org/a"};
  written.content.subject = "Hi";
  written.content.channel = domain::Channel::kEmail;
  const auto id = accept(written);
  const auto claimed = claim().messages.at(0);
  EXPECT_EQ(claimed.id, id);
  EXPECT_EQ(claimed.content.channel, domain::Channel::kEmail);
  EXPECT_EQ(claimed.content.from, written.content.from);
  EXPECT_EQ(claimed.content.to, written.content.to);
  EXPECT_EQ(claimed.content.subject, "Hi");
  EXPECT_EQ(claimed.content.body, "hello");
  EXPECT_EQ(claimed.content.attachments, written.content.attachments);
  EXPECT_EQ(claimed.content.timestamp, written.content.timestamp);
  EXPECT_EQ(claimed.request_id, "req-1");
  EXPECT_EQ(claimed.ordinal, 0U);
  EXPECT_EQ(claimed.attempt, 1U);
  EXPECT_EQ(claimed.accepted_at, written.accepted_at);
  EXPECT_EQ(claimed.expires_at, written.expires_at);
}

TEST_P(StoreContract, AClaimedMessageIsDispatching) {
  const auto id = accept();
  clock_.advance(ms(3));
  claim();
  EXPECT_EQ(status(id), Status::kDispatching);
  EXPECT_EQ(find(id).updated_at, now());
  EXPECT_EQ(find(id).next_attempt_at, std::nullopt);
}

TEST_P(StoreContract, TellsWhenTheRestIsDue) {
  accept();
  const auto second_due = now() + ms(20);
  auto second = message();
  second.accepted_at = second_due;
  accept(second);
  EXPECT_EQ(claim().next_due, second_due);
  clock_.advance(ms(20));
  EXPECT_EQ(claim().next_due, std::nullopt);
}

TEST_P(StoreContract, DoesNotClaimARetryBeforeItsTime) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now() + ms(750))));
  clock_.advance(ms(749));
  EXPECT_TRUE(claim().messages.empty());
  clock_.advance(ms(1));
  EXPECT_EQ(ids_of(claim()), Ids{id});
}

TEST_P(StoreContract, ARetryStandsInOrderWithWhatCameMeanwhile) {
  const auto retry = claim_new();
  ASSERT_TRUE(settle(retried(retry, now() + ms(10))));
  clock_.advance(ms(5));
  const auto before = accept();
  clock_.advance(ms(10));
  const auto after = accept();
  EXPECT_EQ(ids_of(claim()), (Ids{before, retry, after}));
}

TEST_P(StoreContract, NumbersTheAttempts) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now())));
  EXPECT_EQ(claim().messages.at(0).attempt, 2U);
  ASSERT_TRUE(settle(retried(id, now(), 2)));
  EXPECT_EQ(claim().messages.at(0).attempt, 3U);
}

TEST_P(StoreContract, AnAcceptCanBeClaimedInTheSameCommit) {
  std::optional<base::Result<domain::MessageId>> id;
  std::optional<base::Result<Claimed>> claimed;
  std::vector<Command> batch;
  batch.emplace_back(accepting(message(), id));
  batch.emplace_back(Claim{"alpha", 1, now(), [&claimed](base::Result<Claimed> answer) { claimed = answer; }});
  ASSERT_TRUE(store().apply(batch));
  EXPECT_EQ(ids_of(claimed->value()), Ids{id->value()});
}

TEST_P(StoreContract, AReleasedMessageWaitsInItsOldPlaceForTheSameAttempt) {
  const auto first = accept();
  clock_.advance(ms(1));
  accept();
  claim(1);
  ASSERT_TRUE(release(first));
  EXPECT_EQ(status(first), Status::kPending);
  EXPECT_TRUE(find(first).attempts.empty());
  const auto again = claim(1);
  EXPECT_EQ(ids_of(again), Ids{first});
  EXPECT_EQ(again.messages.at(0).attempt, 1U);
}

TEST_P(StoreContract, AReleasedRetryKeepsItsAttemptNumber) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now())));
  claim();
  ASSERT_TRUE(release(id));
  EXPECT_EQ(claim().messages.at(0).attempt, 2U);
}

TEST_P(StoreContract, ReleasingWhatIsNotDispatchingChangesNothing) {
  const auto waiting = accept();
  EXPECT_TRUE(release(waiting));
  EXPECT_TRUE(release(domain::MessageId{42}));
  EXPECT_EQ(depth().waiting, 1U);
  EXPECT_EQ(claim().messages.size(), 1U);
}

TEST_P(StoreContract, CountsWhatWaitsAndWhatIsDispatching) {
  const auto first = accept();
  accept();
  accept("beta");
  claim(1);
  EXPECT_EQ(depth().waiting, 1U);
  EXPECT_EQ(depth().dispatching, 1U);
  EXPECT_EQ(depth("beta").waiting, 1U);
  ASSERT_TRUE(settle(taken(first)));
  EXPECT_EQ(depth().dispatching, 0U);
}

}  // namespace
}  // namespace herald::store
