// Which dispatches of a mock provider fail, and when it says so.
#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "mock_fixture.h"

namespace herald::testkit {
namespace {

TEST_F(HERALD_MOCK, SucceedsWithoutFaults) {
  run();
  EXPECT_EQ(outcomes_of(messages(0, 100)), std::string(100, '.'));
}

TEST_F(HERALD_MOCK, RejectsAChannelThatIsNotItsOwn) {
  run();
  auto fax = message(0);
  fax.channel = "fax";
  const Completed completed = mock_.send(fax);
  EXPECT_EQ(completed.code, HERALD_OUTCOME_REJECTED);
  EXPECT_EQ(completed.error_code, "unsupported_channel");
}

TEST_F(HERALD_MOCK, GivesEveryTokenAnIdOfItsOwnThatARepetitionKeeps) {
  run();
  std::set<std::string> ids;
  for (std::uint64_t ordinal = 0; ordinal < 50; ++ordinal)
    ids.insert(mock_.send(message(ordinal)).provider_message_id);
  EXPECT_EQ(ids.size(), 50U);
  EXPECT_EQ(ids.count(""), 0U);
  EXPECT_EQ(ids.count(mock_.send(message(7, 2)).provider_message_id), 1U);
}

TEST_F(HERALD_MOCK, FollowsTheGoldenSequenceOfItsSeed) {
  ASSERT_EQ(mock_.set_faults(kMixed), HERALD_OK);
  run();
  EXPECT_EQ(outcomes_of(messages(0, 60)), "E.E.....TE.RTE.....RRE.REE...T.E.R.T.E..TRE.....ET.E..T.R..E");
}

TEST_F(HERALD_MOCK, CountsFromTheFirstMessageThatItSees) {
  run();
  mock_.set_faults(kMixed);
  const auto from_zero = outcomes_of(messages(0, 60));
  mock_.set_faults(kMixed);
  EXPECT_EQ(outcomes_of(messages(123'456, 60)), from_zero);
}

TEST_F(HERALD_MOCK, MeetsTheSameOutcomesOneByOneAsInBatches) {
  run();
  mock_.set_faults(kMixed);
  const auto together = outcomes_of(messages(0, 40));
  mock_.set_faults(kMixed);
  std::string single;
  for (std::uint64_t ordinal = 0; ordinal < 40; ++ordinal)
    single += outcomes_of({message(ordinal)});
  EXPECT_EQ(single, together);
}

TEST_F(HERALD_MOCK, IsNotShiftedByRetries) {
  run();
  mock_.set_faults(kMixed);
  const auto undisturbed = outcomes_of(messages(0, 40));
  mock_.set_faults(kMixed);
  std::string firsts;
  for (std::uint64_t ordinal = 0; ordinal < 40; ++ordinal) {
    firsts += outcomes_of({message(ordinal)});
    outcomes_of({message(ordinal, 2)});
  }
  EXPECT_EQ(firsts, undisturbed);
}

TEST_F(HERALD_MOCK, IsNotShiftedByRetriesFromBeforeTheSeed) {
  run();
  mock_.set_faults(kMixed);
  const auto undisturbed = outcomes_of(messages(500, 40));
  mock_.set_faults(kMixed);
  outcomes_of({message(498, 3), message(499, 2)});
  EXPECT_EQ(outcomes_of(messages(500, 40)), undisturbed);
}

TEST_F(HERALD_MOCK, MeetsItsSharesOverFiveHundredDispatches) {
  run();
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    mock_.set_faults({10, 20, 15, seed});
    const auto letters = outcomes_of(messages(0, 500));
    const auto share = [&letters](char wanted) {
      return 100.0 * static_cast<double>(std::count(letters.begin(), letters.end(), wanted)) / 500;
    };
    EXPECT_NEAR(share('T'), 10, 5);
    EXPECT_NEAR(share('E'), 20, 5);
    EXPECT_NEAR(share('R'), 15, 5);
    EXPECT_NEAR(share('.'), 55, 5);
  }
}

TEST_F(HERALD_MOCK, RunsOnTheHostsRandomNumbersWithoutASeed) {
  run();
  mock_.set_faults({0, 50, 0, std::nullopt});
  const auto once = outcomes_of(messages(0, 100));
  mock_.set_faults({0, 50, 0, std::nullopt});
  EXPECT_NE(outcomes_of(messages(0, 100)), once);
}

TEST_F(HERALD_MOCK, TakesFaultsWhileItRuns) {
  run();
  EXPECT_EQ(outcomes_of(messages(0, 10)), "..........");
  ASSERT_EQ(mock_.set_faults({0, 100, 0, std::nullopt}), HERALD_OK);
  EXPECT_EQ(outcomes_of(messages(10, 10)), "EEEEEEEEEE");
}

TEST_F(HERALD_MOCK, TakesFaultsFromAnotherThreadBesideSubmits) {
  run();
  std::atomic<bool> done{false};
  std::thread operator_thread([&] {
    for (std::uint64_t seed = 0; !done; ++seed)
      mock_.set_faults({0, 30, 30, seed});
  });
  for (int round = 0; round < 50; ++round)
    EXPECT_EQ(outcomes_of(messages(0, 64)).find_first_not_of(".ER"), std::string::npos);
  done = true;
  operator_thread.join();
}

TEST_F(HERALD_MOCK, RefusesPercentagesThatDoNotFitAndKeepsTheFormer) {
  run();
  ASSERT_EQ(mock_.set_faults({0, 100, 0, std::nullopt}), HERALD_OK);
  EXPECT_EQ(mock_.set_faults({50, 50, 1, std::nullopt}), HERALD_E_INVALID);
  EXPECT_EQ(mock_.set_faults({0, UINT32_MAX, 2, std::nullopt}), HERALD_E_INVALID);
  EXPECT_EQ(outcomes_of(messages(0, 5)), "EEEEE");
}

TEST_F(HERALD_MOCK, CompletesATimeoutAtTheDeadlineAndNotBefore) {
  run();
  mock_.set_faults({100, 0, 0, std::nullopt});
  auto slow = message(0);
  slow.time_left = 150ms;
  const Completed completed = mock_.send(slow);
  EXPECT_EQ(completed.code, HERALD_OUTCOME_TIMEOUT);
  EXPECT_EQ(completed.error_code, "mock_timeout");
  EXPECT_LE(completed.to_deadline, std::chrono::nanoseconds{0});
}

TEST_F(HERALD_MOCK, LetsASlowTimeoutHoldUpNothingElse) {
  run();
  submit_timeouts(1, 1h);
  mock_.set_faults({});
  EXPECT_EQ(outcomes_of(messages(1, 10)), "..........");
  EXPECT_EQ(mock_.completions().outstanding(), 1U);
}

TEST_F(HERALD_MOCK, CompletesTimeoutsInTheOrderOfTheirDeadlines) {
  run();
  mock_.set_faults({100, 0, 0, std::nullopt});
  auto later = message(0);
  later.time_left = 1h;
  auto sooner = message(1);
  const auto items = mock_.submit({later, sooner}).items;
  ASSERT_TRUE(mock_.completions().wait_for(1));
  EXPECT_EQ(mock_.completions().all()[0].item, items[1]);
  EXPECT_EQ(mock_.completions().outstanding(), 1U);
}

TEST_F(HERALD_MOCK, CompletesEveryMessageExactlyOnce) {
  run(R"({"latency_ms": 1})");
  mock_.set_faults({20, 20, 20, 5});
  std::set<std::uint64_t> items;
  for (std::uint64_t round = 0; round < 10; ++round) {
    const Submitted submitted = mock_.submit(messages(round * 200, 200));
    ASSERT_EQ(submitted.result, HERALD_OK);
    items.insert(submitted.items.begin(), submitted.items.end());
  }
  ASSERT_TRUE(mock_.completions().wait_for(2000));
  ASSERT_EQ(mock_.drain(10s), HERALD_OK);
  std::set<std::uint64_t> completed;
  for (const Completed& one : mock_.completions().all())
    completed.insert(one.item);
  EXPECT_EQ(completed, items);
  EXPECT_EQ(mock_.completions().all().size(), 2000U);
  EXPECT_EQ(mock_.completions().stray(), 0U);
}

}  // namespace
}  // namespace herald::testkit
