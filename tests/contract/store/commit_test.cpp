#include <atomic>
#include <stdexcept>

#include "base/worker.h"
#include "store_contract.h"

namespace herald::store {
namespace {

using Names = std::vector<std::string>;

TEST_P(StoreContract, TellsTheListenerOncePerProviderWithNewWork) {
  std::optional<base::Result<domain::MessageId>> ignored;
  std::vector<Command> batch;
  for (const auto* provider : {"beta", "alpha", "beta", "alpha"})
    batch.emplace_back(accepting(message(provider), ignored));
  ASSERT_TRUE(store().apply(batch));
  EXPECT_EQ(listener_.told.size(), 2U);
  EXPECT_NE(listener_.told.at(0), listener_.told.at(1));
}

TEST_P(StoreContract, TellsTheListenerOfReleasesAndDueRetries) {
  const auto id = claim_new();
  listener_.told.clear();
  ASSERT_TRUE(release(id));
  EXPECT_EQ(listener_.told, Names{"alpha"});
  claim();
  ASSERT_TRUE(settle(retried(id, now())));
  EXPECT_EQ(listener_.told, (Names{"alpha", "alpha"}));
}

TEST_P(StoreContract, DoesNotTellTheListenerOfClaimsAndLaterRetries) {
  const auto id = accept();
  listener_.told.clear();
  claim();
  ASSERT_TRUE(settle(retried(id, now() + ms(1))));
  EXPECT_TRUE(listener_.told.empty());
}

TEST_P(StoreContract, ADoneThatThrowsBreaksNothing) {
  std::optional<base::Result<domain::MessageId>> answer;
  std::vector<Command> batch;
  batch.emplace_back(Accept{message(), {}, [](const auto&) { throw std::runtime_error("no"); }});
  batch.emplace_back(Accept{message(), {}, {}});
  batch.emplace_back(accepting(message(), answer));
  EXPECT_TRUE(store().apply(batch));
  EXPECT_TRUE(answer.value());
  EXPECT_EQ(depth().waiting, 3U);
  EXPECT_EQ(log_.of("store.completion_threw").size(), 1U);
}

TEST_P(StoreContract, AnEmptyBatchIsNoFailure) {
  EXPECT_TRUE(store().apply({}));
}

TEST_P(StoreContract, ReadersOnOtherThreadsSeeEveryAnsweredCommit) {
  constexpr std::int64_t kMessages = 200;
  std::atomic<std::int64_t> newest{0};
  std::atomic<bool> stop{false};
  std::atomic<int> missed{0};
  std::atomic<int> reads{0};
  const auto look = [&] {
    while (!stop) {
      const domain::MessageId id{newest.load()};
      if (id.value() == 0) continue;
      if (!reader().find(id)) ++missed;
      static_cast<void>(reader().queue_depths());
      ++reads;
    }
  };
  {
    const base::Worker first("reader-1", look);
    const base::Worker second("reader-2", look);
    for (std::int64_t count = 0; count < kMessages || reads < 100; ++count) {
      Command command = Accept{message(), {}, [&newest](base::Result<domain::MessageId> id) { newest = id->value(); }};
      EXPECT_TRUE(store().apply({&command, 1}));
      store().maintain();
    }
    stop = true;
  }
  EXPECT_EQ(missed, 0);
}

}  // namespace
}  // namespace herald::store
