// What operators do to messages: cancel, retry, replay the dead letters.
#include <algorithm>

#include "store_contract.h"

namespace herald::store {
namespace {

using base::ErrorCode;
using domain::MessageId;
using domain::Status;
using std::chrono::hours;
using Ids = std::vector<MessageId>;

class StoreOperator : public StoreContract {
 protected:
  template <typename Answer, typename Wanted>
  Answer ask(Wanted wanted) {
    std::optional<Answer> answer;
    wanted.done = [&answer](Answer result) { answer = std::move(result); };
    Command command = std::move(wanted);
    static_cast<void>(store().apply({&command, 1}));
    return std::move(answer.value());
  }

  base::Status cancel(MessageId id) { return ask<base::Status>(Cancel{id, {}}); }
  base::Status retry(MessageId id) { return ask<base::Status>(Retry{id, {}}); }
  base::Result<Retried> retry_many(MessageId after = {}, const std::string& provider = "",
                                   Status status = Status::kFailed) {
    return ask<base::Result<Retried>>(RetryMany{status, provider, after, {}});
  }

  // A dead letter whose first attempt was rejected.
  MessageId fail_one(const std::string& provider = "alpha") {
    const auto id = accept(provider);
    EXPECT_EQ(ids_of(claim(1, provider)), Ids{id});
    EXPECT_TRUE(settle(refused(id)));
    return id;
  }
  // In few commits.
  Ids fail_many(std::size_t count) {
    std::vector<std::optional<base::Result<MessageId>>> answers(count);
    std::vector<Command> batch;
    for (auto& answer : answers)
      batch.emplace_back(accepting(message(), answer));
    EXPECT_TRUE(store().apply(batch));
    Ids ids;
    for (const auto& answer : answers)
      ids.push_back(answer->value());
    fail_again(ids);
    return ids;
  }
  // Claims all that is due and has every one of `ids` rejected.
  void fail_again(const Ids& ids) {
    Settle failed;
    const auto claimed = claim(ids.size());
    for (const auto& message : claimed.messages)
      failed.items.push_back(refused(message.id, message.attempt));
    EXPECT_EQ(failed.items.size(), ids.size());
    EXPECT_TRUE(ask<base::Status>(std::move(failed)));
  }
  MessageId expire_one() {
    const auto id = accept_living(ms(10));
    clock_.advance(ms(10));
    EXPECT_EQ(expire({id}), 1U);
    return id;
  }
  domain::ClaimedMessage claim_the_only_one() {
    auto claimed = claim();
    if (claimed.messages.size() != 1) throw std::runtime_error("another number of messages was due");
    return std::move(claimed.messages.front());
  }
  std::size_t count_with(const Ids& ids, Status wanted) {
    return static_cast<std::size_t>(
        std::count_if(ids.begin(), ids.end(), [this, wanted](MessageId id) { return status(id) == wanted; }));
  }
};

// ---- Cancel ----

TEST_P(StoreOperator, ACancelledMessageIsGoneFromTheQueue) {
  const auto id = accept();
  clock_.advance(ms(5));
  ASSERT_TRUE(cancel(id));
  EXPECT_EQ(status(id), Status::kCancelled);
  EXPECT_EQ(find(id).updated_at, now());
  EXPECT_EQ(find(id).error_code, "");
  EXPECT_EQ(find(id).next_attempt_at, std::nullopt);
  EXPECT_EQ(depth().waiting, 0U);
  EXPECT_TRUE(claim().messages.empty());
}

TEST_P(StoreOperator, CancelsARetryThatWaits) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now() + ms(750))));
  ASSERT_TRUE(cancel(id));
  EXPECT_EQ(status(id), Status::kCancelled);
  EXPECT_EQ(find(id).attempts.size(), 1U);
  clock_.advance(ms(750));
  EXPECT_TRUE(claim().messages.empty());
}

TEST_P(StoreOperator, CancelsWhatWasReleased) {
  const auto id = claim_new();
  ASSERT_TRUE(release(id));
  ASSERT_TRUE(cancel(id));
  EXPECT_EQ(depth().waiting, 0U);
}

TEST_P(StoreOperator, CancelsOnlyTheOneThatItNames) {
  const auto id = accept();
  const auto other = accept();
  ASSERT_TRUE(cancel(id));
  EXPECT_EQ(depth().waiting, 1U);
  EXPECT_EQ(ids_of(claim()), Ids{other});
}

TEST_P(StoreOperator, CancelsNothingThatIsNotPending) {
  const auto dispatching = claim_new();
  EXPECT_EQ(cancel(dispatching).error().code, ErrorCode::kConflict);
  EXPECT_EQ(status(dispatching), Status::kDispatching);
  ASSERT_TRUE(settle(taken(dispatching)));
  EXPECT_EQ(cancel(dispatching).error().code, ErrorCode::kConflict);
  EXPECT_EQ(status(dispatching), Status::kDispatched);
  const auto failed = fail_one();
  EXPECT_EQ(cancel(failed).error().code, ErrorCode::kConflict);
  EXPECT_EQ(status(failed), Status::kFailed);
  const auto cancelled = accept();
  ASSERT_TRUE(cancel(cancelled));
  EXPECT_EQ(cancel(cancelled).error().code, ErrorCode::kConflict);
}

TEST_P(StoreOperator, KnowsNoMessageThatWasNeverAccepted) {
  EXPECT_EQ(cancel(MessageId{42}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(retry(MessageId{42}).error().code, ErrorCode::kNotFound);
}

TEST_P(StoreOperator, ACancelStaysOverARestart) {
  const auto id = accept();
  ASSERT_TRUE(cancel(id));
  restart();
  EXPECT_EQ(status(id), Status::kCancelled);
  EXPECT_EQ(depth().waiting, 0U);
}

TEST_P(StoreOperator, OfACancelAndAClaimInOneBatchTheFirstWins) {
  const auto id = accept();
  std::optional<base::Result<Claimed>> claimed;
  std::optional<base::Status> cancelled;
  std::vector<Command> batch;
  batch.emplace_back(Claim{"alpha", 1, now(), [&claimed](base::Result<Claimed> result) { claimed = result; }});
  batch.emplace_back(Cancel{id, [&cancelled](base::Status result) { cancelled = std::move(result); }});
  ASSERT_TRUE(store().apply(batch));
  EXPECT_EQ(claimed->value().messages.size(), 1U);
  EXPECT_EQ(cancelled->error().code, ErrorCode::kConflict);
}

TEST_P(StoreOperator, RefusesToCancelOrRetryWhatCameIn) {
  Receive receive;
  receive.source = "mock";
  receive.messages.emplace_back();
  receive.messages.back().normalized_from = "+12015550101";
  receive.messages.back().normalized_to = "+12015550102";
  const auto received = ask<base::Result<Received>>(std::move(receive));
  const auto id = received.value().messages.at(0).id;
  EXPECT_EQ(cancel(id).error().code, ErrorCode::kConflict);
  EXPECT_EQ(retry(id).error().code, ErrorCode::kConflict);
  EXPECT_EQ(status(id), Status::kReceived);
}

// ---- Retry ----

TEST_P(StoreOperator, ARetriedMessageIsDueAtOnce) {
  const auto id = fail_one();
  clock_.advance(hours{3});
  ASSERT_TRUE(retry(id));
  const auto found = find(id);
  EXPECT_EQ(found.status, Status::kPending);
  EXPECT_EQ(found.error_code, "");
  EXPECT_EQ(found.next_attempt_at, now());
  EXPECT_EQ(found.updated_at, now());
  EXPECT_EQ(depth().waiting, 1U);
  EXPECT_EQ(claim_the_only_one().id, id);
}

TEST_P(StoreOperator, ItsAttemptsGoOnWithAFreshBudget) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now())));
  claim();
  ASSERT_TRUE(settle(refused(id, 2)));
  ASSERT_TRUE(retry(id));
  const auto claimed = claim_the_only_one();
  EXPECT_EQ(claimed.attempt, 3U);
  EXPECT_EQ(claimed.spent, 2U);
  ASSERT_TRUE(settle(taken(id, 3)));
  EXPECT_EQ(find(id).attempts.size(), 3U);
}

TEST_P(StoreOperator, AFirstClaimHasSpentNothing) {
  accept();
  EXPECT_EQ(claim_the_only_one().spent, 0U);
}

TEST_P(StoreOperator, WhatIsSpentStaysSoOverRetriesReleasesAndARestart) {
  const auto id = fail_one();
  ASSERT_TRUE(retry(id));
  claim();
  ASSERT_TRUE(settle(retried(id, now(), 2)));
  EXPECT_EQ(claim_the_only_one().spent, 1U);
  ASSERT_TRUE(release(id));
  EXPECT_EQ(claim_the_only_one().spent, 1U);
  restart(UncertainPolicy::kResend);
  const auto claimed = claim_the_only_one();
  EXPECT_EQ(claimed.spent, 1U);
  EXPECT_EQ(claimed.attempt, 3U);
}

TEST_P(StoreOperator, ASecondRetrySpendsWhatTheFirstOneMade) {
  const auto id = fail_one();
  ASSERT_TRUE(retry(id));
  claim();
  ASSERT_TRUE(settle(refused(id, 2)));
  ASSERT_TRUE(retry(id));
  EXPECT_EQ(claim_the_only_one().spent, 2U);
}

TEST_P(StoreOperator, ARetryHasTheWholeTimeToLiveAgain) {
  const auto id = accept_living(ms(100));
  claim();
  ASSERT_TRUE(settle(refused(id)));
  clock_.advance(hours{1});
  ASSERT_TRUE(retry(id));
  EXPECT_EQ(find(id).expires_at, now() + ms(100));
  EXPECT_EQ(find(id).accepted_at, now() - hours{1});
  clock_.advance(ms(99));
  EXPECT_EQ(claim_the_only_one().expires_at, now() + ms(1));
}

TEST_P(StoreOperator, TheTimeToLiveDoesNotGrowWithRetries) {
  const auto id = accept_living(ms(100));
  for (int times = 0; times < 3; ++times) {
    clock_.advance(hours{1});
    expire({id});
    ASSERT_EQ(status(id), Status::kExpired);
    ASSERT_TRUE(retry(id));
    EXPECT_EQ(find(id).expires_at, now() + ms(100));
  }
}

TEST_P(StoreOperator, RetriesWhatHasExpired) {
  const auto id = expire_one();
  ASSERT_TRUE(retry(id));
  EXPECT_EQ(claim_the_only_one().attempt, 1U);
}

TEST_P(StoreOperator, ARetriedMessageExpiresAgain) {
  const auto id = expire_one();
  ASSERT_TRUE(retry(id));
  clock_.advance(ms(10));
  EXPECT_EQ(expire({id}), 1U);
  EXPECT_EQ(depth().waiting, 0U);
}

TEST_P(StoreOperator, ARetriedMessageCanBeCancelled) {
  const auto id = fail_one();
  clock_.advance(ms(5));
  ASSERT_TRUE(retry(id));
  ASSERT_TRUE(cancel(id));
  EXPECT_EQ(depth().waiting, 0U);
}

TEST_P(StoreOperator, RetriesNothingElse) {
  const auto pending = accept();
  EXPECT_EQ(retry(pending).error().code, ErrorCode::kConflict);
  EXPECT_EQ(depth().waiting, 1U);
  claim();
  EXPECT_EQ(retry(pending).error().code, ErrorCode::kConflict);
  ASSERT_TRUE(settle(taken(pending)));
  EXPECT_EQ(retry(pending).error().code, ErrorCode::kConflict);
  EXPECT_EQ(status(pending), Status::kDispatched);
  const auto cancelled = accept();
  ASSERT_TRUE(cancel(cancelled));
  EXPECT_EQ(retry(cancelled).error().code, ErrorCode::kConflict);
}

TEST_P(StoreOperator, TwoRetriesOfOneBatchQueueItOnce) {
  const auto id = fail_one();
  std::vector<std::optional<base::Status>> answers(2);
  std::vector<Command> batch;
  for (auto& answer : answers)
    batch.emplace_back(Retry{id, [&answer](base::Status result) { answer = std::move(result); }});
  ASSERT_TRUE(store().apply(batch));
  EXPECT_TRUE(answers[0].value());
  EXPECT_EQ(answers[1]->error().code, ErrorCode::kConflict);
  EXPECT_EQ(depth().waiting, 1U);
}

TEST_P(StoreOperator, ARetryTellsTheListener) {
  const auto id = fail_one();
  listener_.told.clear();
  ASSERT_TRUE(retry(id));
  EXPECT_EQ(listener_.told, std::vector<std::string>{"alpha"});
}

TEST_P(StoreOperator, RespectsTheBoundOfTheQueue) {
  options_.queue_max = 1;
  restart();
  const auto id = fail_one();
  accept();
  EXPECT_EQ(retry(id).error().code, ErrorCode::kExhausted);
  EXPECT_EQ(status(id), Status::kFailed);
}

TEST_P(StoreOperator, ReleasesWhatWasHeldAsUncertain) {
  const auto id = claim_new();
  ASSERT_TRUE(settle(retried(id, now())));
  const auto before = claim_the_only_one();
  restart(UncertainPolicy::kHold);
  ASSERT_EQ(find(id).error_code, "uncertain");
  ASSERT_TRUE(retry(id));
  const auto claimed = claim_the_only_one();
  EXPECT_EQ(claimed.attempt, 2U) << "the attempt that nobody knows the end of was not kept";
  EXPECT_EQ(claimed.spent, 1U);
  EXPECT_EQ(claimed.id, before.id);
  EXPECT_EQ(claimed.ordinal, before.ordinal);
}

TEST_P(StoreOperator, KeepsWhatIsSpentThroughAHold) {
  const auto id = fail_one();
  ASSERT_TRUE(retry(id));
  claim();
  restart(UncertainPolicy::kHold);
  ASSERT_TRUE(retry(id));
  const auto claimed = claim_the_only_one();
  EXPECT_EQ(claimed.attempt, 2U);
  EXPECT_EQ(claimed.spent, 1U);
}

// ---- Retry of many ----

TEST_P(StoreOperator, ReplaysAllDeadLetters) {
  const auto ids = fail_many(5);
  const auto retried = retry_many().value();
  EXPECT_EQ(retried.count, 5U);
  EXPECT_EQ(retried.next, std::nullopt);
  EXPECT_EQ(count_with(ids, Status::kPending), 5U);
  EXPECT_EQ(depth().waiting, 5U);
}

TEST_P(StoreOperator, ReplaysOneProvidersOnly) {
  const auto alpha = fail_one("alpha");
  const auto beta = fail_one("beta");
  EXPECT_EQ(retry_many({}, "beta").value().count, 1U);
  EXPECT_EQ(status(alpha), Status::kFailed);
  EXPECT_EQ(status(beta), Status::kPending);
}

TEST_P(StoreOperator, AnUnknownProviderHasNoDeadLetters) {
  fail_one();
  const auto retried = retry_many({}, "gamma").value();
  EXPECT_EQ(retried.count, 0U);
  EXPECT_EQ(retried.next, std::nullopt);
}

TEST_P(StoreOperator, ReplaysTheExpiredApartFromTheFailed) {
  const auto expired = expire_one();
  const auto failed = fail_one();
  EXPECT_EQ(retry_many({}, "", Status::kExpired).value().count, 1U);
  EXPECT_EQ(status(expired), Status::kPending);
  EXPECT_EQ(status(failed), Status::kFailed);
}

TEST_P(StoreOperator, RefusesToReplayAnyOtherStatus) {
  for (const auto other : {Status::kPending, Status::kDispatching, Status::kDispatched, Status::kDelivered,
                           Status::kCancelled, Status::kReceived})
    EXPECT_EQ(retry_many({}, "", other).error().code, ErrorCode::kInvalid);
}

TEST_P(StoreOperator, ASweepReplaysEachOnceAlthoughTheyFailAgainBehindIt) {
  constexpr std::size_t kMessages = 2'500;  // more than one command looks at
  const auto ids = fail_many(kMessages);
  std::size_t count = 0;
  std::optional<MessageId> at = MessageId{};
  int commands = 0;
  for (; at && commands < 20; ++commands) {
    const auto retried = retry_many(*at).value();
    count += retried.count;
    at = retried.next;
    Settle failed;
    const auto claimed = claim(kMessages);
    for (const auto& message : claimed.messages)
      failed.items.push_back(refused(message.id, message.attempt));
    ASSERT_TRUE(ask<base::Status>(std::move(failed)));
  }
  EXPECT_FALSE(at) << "the sweep ends";
  EXPECT_GT(commands, 1) << "one command is bounded";
  EXPECT_EQ(count, kMessages);
  EXPECT_EQ(find(ids.front()).attempts.size(), 2U);
  EXPECT_EQ(find(ids.back()).attempts.size(), 2U);
}

TEST_P(StoreOperator, ASweepGoesOnPastOthersDeadLetters) {
  fail_many(1'200);
  const auto beta = fail_one("beta");
  const auto first = retry_many({}, "beta").value();
  EXPECT_EQ(first.count, 0U);
  ASSERT_TRUE(first.next);
  EXPECT_EQ(retry_many(*first.next, "beta").value().count, 1U);
  EXPECT_EQ(status(beta), Status::kPending);
}

TEST_P(StoreOperator, StopsAtTheBoundOfTheQueueWithWhereToGoOn) {
  options_.queue_max = 3;
  restart();
  Ids ids;
  for (int count = 0; count < 5; ++count)
    ids.push_back(fail_one());
  const auto retried = retry_many().value();
  EXPECT_EQ(retried.count, 3U);
  ASSERT_EQ(retried.next, ids.at(2));
  EXPECT_EQ(count_with(ids, Status::kFailed), 2U);

  EXPECT_EQ(retry_many(*retried.next).error().code, ErrorCode::kExhausted) << "not even one fits";
  claim();
  const auto rest = retry_many(*retried.next).value();
  EXPECT_EQ(rest.count, 2U);
  EXPECT_EQ(rest.next, std::nullopt);
}

TEST_P(StoreOperator, AFullQueueIsNoErrorWithoutDeadLetters) {
  options_.queue_max = 1;
  restart();
  accept();
  EXPECT_EQ(retry_many().value().count, 0U);
}

TEST_P(StoreOperator, TellsTheListenerOfEveryProviderThatGotWork) {
  fail_one("alpha");
  fail_one("beta");
  listener_.told.clear();
  ASSERT_TRUE(retry_many());
  EXPECT_EQ(listener_.told.size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, StoreOperator, ::testing::ValuesIn(store_kinds()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace herald::store
