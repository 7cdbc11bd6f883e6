#include <algorithm>

#include "store_contract.h"

namespace herald::store {
namespace {

using domain::Status;
using Ids = std::vector<domain::MessageId>;

TEST_P(StoreContract, AClaimExpiresWhatIsTooOld) {
  const auto old = accept_living(ms(10));
  const auto living = accept();
  clock_.advance(ms(10));
  const auto claimed = claim();
  EXPECT_EQ(ids_of(claimed.expired), Ids{old});
  EXPECT_EQ(ids_of(claimed), Ids{living});
  EXPECT_EQ(status(old), Status::kExpired);
  EXPECT_EQ(find(old).updated_at, now());
  EXPECT_EQ(depth().waiting, 0U);
}

TEST_P(StoreContract, TellsWhoseTheExpiredMessagesWere) {
  accept_living(ms(10));
  clock_.advance(ms(10));
  const auto by_claim = claim().expired.at(0);
  EXPECT_EQ(by_claim.provider, "alpha");
  EXPECT_EQ(by_claim.request_id, "req-1");

  const auto old = accept_living(ms(10));
  clock_.advance(ms(10));
  const auto by_sweep = expire({old}).at(0);
  EXPECT_EQ(by_sweep.provider, "alpha");
  EXPECT_EQ(by_sweep.request_id, "req-1");
}

TEST_P(StoreContract, AMessageLivesUntilItsLastMillisecond) {
  const auto id = accept_living(ms(10));
  clock_.advance(ms(9));
  EXPECT_EQ(ids_of(claim()), Ids{id});
}

TEST_P(StoreContract, AClaimFindsTheLivingBehindManyExpired) {
  for (int count = 0; count < 600; ++count)
    accept_living(ms(1));
  const auto living = accept();
  clock_.advance(ms(1));
  std::size_t expired = 0;
  Ids claimed_ids;
  for (int calls = 0; calls < 10 && claimed_ids.empty(); ++calls) {
    const auto claimed = claim(10);
    expired += claimed.expired.size();
    claimed_ids = ids_of(claimed);
    if (claimed_ids.empty()) {
      ASSERT_TRUE(claimed.next_due);
      EXPECT_LE(*claimed.next_due, now()) << "the caller must know that more is due";
    }
  }
  EXPECT_EQ(expired, 600U);
  EXPECT_EQ(claimed_ids, Ids{living});
}

TEST_P(StoreContract, ExpiresWhatIsAskedFor) {
  const auto old = accept_living(ms(10));
  clock_.advance(ms(10));
  EXPECT_EQ(ids_of(expire({old})), Ids{old});
  EXPECT_EQ(status(old), Status::kExpired);
  EXPECT_EQ(find(old).next_attempt_at, std::nullopt);
  EXPECT_EQ(depth().waiting, 0U);
  EXPECT_TRUE(claim().expired.empty());
}

TEST_P(StoreContract, ExpiresARetryAndKeepsItsAttempts) {
  const auto id = accept_living(ms(100));
  claim();
  ASSERT_TRUE(settle(retried(id, now() + ms(500))));
  clock_.advance(ms(100));
  EXPECT_EQ(ids_of(expire({id})), Ids{id});
  EXPECT_EQ(status(id), Status::kExpired);
  EXPECT_EQ(find(id).attempts.size(), 1U);
}

TEST_P(StoreContract, DoesNotExpireTheLivingTheDispatchingTheSettledOrTheUnknown) {
  const auto settled = accept_living(ms(10));
  claim();
  ASSERT_TRUE(settle(taken(settled)));
  const auto dispatching = accept_living(ms(10));
  claim();
  const auto living = accept();
  clock_.advance(ms(10));
  EXPECT_TRUE(expire({settled, dispatching, living, domain::MessageId{42}}).empty());
  EXPECT_EQ(status(settled), Status::kDispatched);
  EXPECT_EQ(status(dispatching), Status::kDispatching);
  EXPECT_EQ(status(living), Status::kPending);
}

TEST_P(StoreContract, ExpiresAMessageOnce) {
  const auto old = accept_living(ms(10));
  clock_.advance(ms(10));
  EXPECT_EQ(ids_of(expire({old, old})), Ids{old});
  EXPECT_TRUE(expire({old}).empty());
}

TEST_P(StoreContract, ASweepFindsTheExpiredOfAllProviders) {
  Ids old;
  for (const auto* provider : {"alpha", "beta"}) {
    for (int count = 0; count < 5; ++count) {
      auto mortal = message(provider);
      mortal.expires_at = now() + ms(10);
      old.push_back(accept(mortal));
      accept(provider);
    }
  }
  clock_.advance(ms(10));
  Ids found;
  std::optional<domain::MessageId> at = domain::MessageId{};
  int pages = 0;
  for (; at && pages < 20; ++pages) {
    const auto page = reader().expired(*at, now(), 3).value();
    EXPECT_LE(page.ids.size(), 3U);
    found.insert(found.end(), page.ids.begin(), page.ids.end());
    at = page.next;
  }
  EXPECT_GE(pages, 20 / 3);
  std::sort(found.begin(), found.end());
  std::sort(old.begin(), old.end());
  EXPECT_EQ(found, old);
}

TEST_P(StoreContract, ASweepGoesOnAfterItsPageHasBeenExpired) {
  const auto first = accept_living(ms(10));
  const auto second = accept_living(ms(10));
  clock_.advance(ms(10));
  const auto page = reader().expired(domain::MessageId{}, now(), 1).value();
  EXPECT_EQ(page.ids, Ids{first});
  expire(page.ids);
  EXPECT_EQ(reader().expired(page.next.value(), now(), 1).value().ids, Ids{second});
}

TEST_P(StoreContract, ASweepAfterAMessageThatIsGoneStartsAnew) {
  const auto old = accept_living(ms(10));
  clock_.advance(ms(10));
  EXPECT_EQ(reader().expired(domain::MessageId{42}, now(), 10).value().ids, Ids{old});
}

TEST_P(StoreContract, ASweepOfAnEmptyQueueEndsAtOnce) {
  const auto page = reader().expired(domain::MessageId{}, now(), 10).value();
  EXPECT_TRUE(page.ids.empty());
  EXPECT_EQ(page.next, std::nullopt);
}

}  // namespace
}  // namespace herald::store
