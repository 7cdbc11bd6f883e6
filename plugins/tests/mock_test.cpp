// What both mock providers promise, held against the built library through the contract, without a host. Compiled once
// for each; HERALD_MOCK_FILE, HERALD_MOCK_NAME, HERALD_MOCK_CHANNEL and HERALD_MOCK_THREAD say which.
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <herald/testkit/plugin_under_test.h>

#include "process_view.h"
#include "support/eventually.h"

namespace herald::testkit {
namespace {

using namespace std::chrono_literals;

const FaultProfile kMixed{10, 20, 15, 42};

class Mock : public ::testing::Test {
 protected:
  void run(std::string_view configuration = "{}") {
    ASSERT_EQ(mock_.configure(configuration).result, HERALD_OK);
    ASSERT_EQ(mock_.start(), HERALD_OK);
  }

  static TestMessage message(std::uint64_t ordinal, std::uint32_t attempt = 1) {
    TestMessage message;
    message.channel = HERALD_MOCK_CHANNEL;
    message.ordinal = ordinal;
    message.attempt = attempt;
    message.time_left = 5ms;  // timeouts take as long as this
    return message;
  }

  static std::vector<TestMessage> messages(std::uint64_t first, std::size_t count) {
    std::vector<TestMessage> all;
    for (std::uint64_t ordinal = first; ordinal < first + count; ++ordinal)
      all.push_back(message(ordinal));
    return all;
  }

  // One letter for each message, in the order of submission: "." success, "T"imeout, "E"rror, "R"ate limited.
  std::string outcomes_of(const std::vector<TestMessage>& batch) {
    const std::size_t before = mock_.completions().all().size();
    const Submitted submitted = mock_.submit(batch);
    EXPECT_EQ(submitted.result, HERALD_OK);
    EXPECT_TRUE(mock_.completions().wait_for(before + batch.size()));
    std::map<std::uint64_t, std::uint32_t> codes;
    for (const Completed& completed : mock_.completions().all())
      codes[completed.item] = completed.code;
    std::string letters;
    for (const std::uint64_t item : submitted.items)
      letters += letter(codes[item]);
    return letters;
  }

  static char letter(std::uint32_t code) {
    switch (code) {
      case HERALD_OUTCOME_SUCCESS:
        return '.';
      case HERALD_OUTCOME_TIMEOUT:
        return 'T';
      case HERALD_OUTCOME_ERROR:
        return 'E';
      case HERALD_OUTCOME_RATE_LIMITED:
        return 'R';
      default:
        return '?';
    }
  }

  PluginUnderTest mock_{HERALD_MOCK_FILE};
};

TEST_F(Mock, DescribesItself) {
  const herald_plugin& plugin = mock_.descriptor();
  EXPECT_EQ(plugin.magic, HERALD_ABI_MAGIC);
  EXPECT_EQ(plugin.abi_major, HERALD_ABI_MAJOR);
  EXPECT_EQ(plugin.struct_size, sizeof plugin);
  EXPECT_EQ(herald::detail::view(plugin.name), HERALD_MOCK_NAME);
  EXPECT_EQ(herald::detail::view(plugin.version), "1.0.0");
  EXPECT_EQ(herald::detail::view(plugin.sdk_version), HERALD_SDK_VERSION);
  EXPECT_EQ(plugin.thread_model, HERALD_THREADS_ASYNC);
  EXPECT_EQ(plugin.max_batch, 256U);
  EXPECT_EQ(plugin.max_in_flight, 4096U);
}

TEST_F(Mock, ExportsNothingButItsEntry) {
  EXPECT_THAT(exported_symbols(HERALD_MOCK_FILE), ::testing::ElementsAre("herald_plugin_entry"));
}

TEST_F(Mock, SucceedsWithoutFaults) {
  run();
  EXPECT_EQ(outcomes_of(messages(0, 100)), std::string(100, '.'));
}

TEST_F(Mock, RejectsAChannelThatIsNotItsOwn) {
  run();
  auto fax = message(0);
  fax.channel = "fax";
  const Completed completed = mock_.send(fax);
  EXPECT_EQ(completed.code, HERALD_OUTCOME_REJECTED);
  EXPECT_EQ(completed.error_code, "unsupported_channel");
}

TEST_F(Mock, GivesEveryTokenAnIdOfItsOwnThatARepetitionKeeps) {
  run();
  std::set<std::string> ids;
  for (std::uint64_t ordinal = 0; ordinal < 50; ++ordinal)
    ids.insert(mock_.send(message(ordinal)).provider_message_id);
  EXPECT_EQ(ids.size(), 50U);
  EXPECT_EQ(ids.count(""), 0U);
  EXPECT_EQ(ids.count(mock_.send(message(7, 2)).provider_message_id), 1U);
}

TEST_F(Mock, FollowsTheGoldenSequenceOfItsSeed) {
  ASSERT_EQ(mock_.set_faults(kMixed), HERALD_OK);
  run();
  EXPECT_EQ(outcomes_of(messages(0, 60)), "GOLDEN");
}

TEST_F(Mock, CountsFromTheFirstMessageThatItSees) {
  run();
  mock_.set_faults(kMixed);
  const auto from_zero = outcomes_of(messages(0, 60));
  mock_.set_faults(kMixed);
  EXPECT_EQ(outcomes_of(messages(123'456, 60)), from_zero);
}

TEST_F(Mock, MeetsTheSameOutcomesOneByOneAsInBatches) {
  run();
  mock_.set_faults(kMixed);
  const auto together = outcomes_of(messages(0, 40));
  mock_.set_faults(kMixed);
  std::string single;
  for (std::uint64_t ordinal = 0; ordinal < 40; ++ordinal)
    single += outcomes_of({message(ordinal)});
  EXPECT_EQ(single, together);
}

TEST_F(Mock, IsNotShiftedByRetries) {
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

TEST_F(Mock, IsNotShiftedByRetriesFromBeforeTheSeed) {
  run();
  mock_.set_faults(kMixed);
  const auto undisturbed = outcomes_of(messages(500, 40));
  mock_.set_faults(kMixed);
  outcomes_of({message(498, 3), message(499, 2)});
  EXPECT_EQ(outcomes_of(messages(500, 40)), undisturbed);
}

TEST_F(Mock, MeetsItsSharesOverFiveHundredDispatches) {
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

TEST_F(Mock, RunsOnTheHostsRandomNumbersWithoutASeed) {
  run();
  mock_.set_faults({0, 50, 0, std::nullopt});
  const auto once = outcomes_of(messages(0, 100));
  mock_.set_faults({0, 50, 0, std::nullopt});
  EXPECT_NE(outcomes_of(messages(0, 100)), once);
}

TEST_F(Mock, TakesFaultsWhileItRuns) {
  run();
  EXPECT_EQ(outcomes_of(messages(0, 10)), "..........");
  ASSERT_EQ(mock_.set_faults({0, 100, 0, std::nullopt}), HERALD_OK);
  EXPECT_EQ(outcomes_of(messages(10, 10)), "EEEEEEEEEE");
}

TEST_F(Mock, TakesFaultsFromAnotherThreadBesideSubmits) {
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

TEST_F(Mock, RefusesPercentagesThatDoNotFitAndKeepsTheFormer) {
  run();
  ASSERT_EQ(mock_.set_faults({0, 100, 0, std::nullopt}), HERALD_OK);
  EXPECT_EQ(mock_.set_faults({50, 50, 1, std::nullopt}), HERALD_E_INVALID);
  EXPECT_EQ(mock_.set_faults({0, UINT32_MAX, 2, std::nullopt}), HERALD_E_INVALID);
  EXPECT_EQ(outcomes_of(messages(0, 5)), "EEEEE");
}

TEST_F(Mock, CompletesATimeoutAtTheDeadlineAndNotBefore) {
  run();
  mock_.set_faults({100, 0, 0, std::nullopt});
  auto slow = message(0);
  slow.time_left = 150ms;
  const Completed completed = mock_.send(slow);
  EXPECT_EQ(completed.code, HERALD_OUTCOME_TIMEOUT);
  EXPECT_EQ(completed.error_code, "mock_timeout");
  EXPECT_LE(completed.to_deadline, 0ns);
}

TEST_F(Mock, LetsASlowTimeoutHoldUpNothingElse) {
  run();
  mock_.set_faults({100, 0, 0, std::nullopt});
  auto slow = message(0);
  slow.time_left = 1h;
  mock_.submit({slow});
  mock_.set_faults({});
  EXPECT_EQ(outcomes_of(messages(1, 10)), "..........");
  EXPECT_EQ(mock_.completions().outstanding(), 1U);
}

TEST_F(Mock, CompletesTimeoutsInTheOrderOfTheirDeadlines) {
  run();
  mock_.set_faults({100, 0, 0, std::nullopt});
  auto later = message(0);
  later.time_left = 120ms;
  auto sooner = message(1);
  sooner.time_left = 20ms;
  const auto items = mock_.submit({later, sooner}).items;
  ASSERT_TRUE(mock_.completions().wait_for(2));
  EXPECT_EQ(mock_.completions().all()[0].item, items[1]);
  EXPECT_EQ(mock_.completions().all()[1].item, items[0]);
}

TEST_F(Mock, TakesItsLatencyBeforeAnOutcome) {
  run(R"({"latency_ms": 60})");
  auto patient = message(0);
  patient.time_left = 10s;
  const Completed completed = mock_.send(patient);
  EXPECT_EQ(completed.code, HERALD_OUTCOME_SUCCESS);
  EXPECT_GE(completed.after, 60ms);
}

TEST_F(Mock, TimesOutWhenItsLatencyIsLongerThanTheDeadline) {
  run(R"({"latency_ms": 60000})");
  const Completed completed = mock_.send(message(0));
  EXPECT_EQ(completed.code, HERALD_OUTCOME_TIMEOUT);
  EXPECT_LE(completed.to_deadline, 0ns);
}

TEST_F(Mock, TellsNoRetryAfterUnlessConfigured) {
  run();
  mock_.set_faults({0, 0, 100, std::nullopt});
  const Completed plain = mock_.send(message(0));
  EXPECT_EQ(plain.code, HERALD_OUTCOME_RATE_LIMITED);
  EXPECT_EQ(plain.retry_after_ms, 0U);
  EXPECT_EQ(plain.flags, 0U);

  ASSERT_EQ(mock_.configure(R"({"retry_after_ms": 1500, "lane_wide": true})").result, HERALD_OK);
  const Completed configured = mock_.send(message(1));
  EXPECT_EQ(configured.retry_after_ms, 1500U);
  EXPECT_EQ(configured.flags, HERALD_OUTCOME_LANE_WIDE);
}

TEST_F(Mock, RefusesAWrongConfigurationAndKeepsTheFormer) {
  run(R"({"retry_after_ms": 700})");
  for (const char* wrong :
       {"", "[]", "{", R"({"latency_ms": -1})", R"({"latency_ms": 60001})", R"({"latency_ms": 1.5})",
        R"({"latency_ms": "5"})", R"({"lane_wide": 1})", R"({"retry_after_ms": 1, "unknown": 2})"}) {
    const Configured configured = mock_.configure(wrong);
    EXPECT_EQ(configured.result, HERALD_E_INVALID) << wrong;
    EXPECT_NE(configured.error, "") << wrong;
  }
  mock_.set_faults({0, 0, 100, std::nullopt});
  EXPECT_EQ(mock_.send(message(0)).retry_after_ms, 700U);
}

TEST_F(Mock, ForgetsASettingThatANewConfigurationLeavesOut) {
  run(R"({"retry_after_ms": 700})");
  ASSERT_EQ(mock_.configure("{}").result, HERALD_OK);
  mock_.set_faults({0, 0, 100, std::nullopt});
  EXPECT_EQ(mock_.send(message(0)).retry_after_ms, 0U);
}

TEST_F(Mock, CompletesEveryMessageExactlyOnce) {
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

TEST_F(Mock, WaitsInDrainForWhatIsOut) {
  run();
  mock_.set_faults({100, 0, 0, std::nullopt});
  auto slow = message(0);
  slow.time_left = 80ms;
  mock_.submit({slow});
  EXPECT_EQ(mock_.drain(10s), HERALD_OK);
  EXPECT_EQ(mock_.completions().outstanding(), 0U);
}

TEST_F(Mock, GivesUpDrainingAtTheDeadline) {
  run();
  mock_.set_faults({100, 0, 0, std::nullopt});
  auto slow = message(0);
  slow.time_left = 1h;
  mock_.submit({slow});
  EXPECT_EQ(mock_.drain(30ms), HERALD_E_TIMEOUT);
  EXPECT_EQ(mock_.completions().outstanding(), 1U);
}

TEST_F(Mock, StopsWithoutCompletingWhatIsOut) {
  run();
  mock_.set_faults({100, 0, 0, std::nullopt});
  auto slow = message(0);
  slow.time_left = 1h;
  mock_.submit({slow, slow});
  mock_.stop();
  EXPECT_TRUE(mock_.completions().all().empty());
  EXPECT_EQ(mock_.completions().stray(), 0U);
}

TEST_F(Mock, LeavesNoThreadBehindWhenItStops) {
  run();
  ASSERT_TRUE(test::eventually([] { return threads_named(HERALD_MOCK_THREAD) == 1; }));
  mock_.stop();
  EXPECT_TRUE(test::eventually([] { return threads_named(HERALD_MOCK_THREAD) == 0; }));
}

TEST_F(Mock, TakesMessagesOnlyWhileItRuns) {
  EXPECT_EQ(mock_.submit({message(0)}).result, HERALD_E_STATE);
  EXPECT_EQ(mock_.start(), HERALD_E_STATE) << "it was not configured";
  run();
  mock_.stop();
  EXPECT_EQ(mock_.submit({message(0)}).result, HERALD_E_STATE);
}

TEST_F(Mock, SharesNothingWithAnotherInstance) {
  run();
  PluginUnderTest other(HERALD_MOCK_FILE);
  ASSERT_EQ(other.configure("{}").result, HERALD_OK);
  ASSERT_EQ(other.start(), HERALD_OK);
  ASSERT_EQ(other.set_faults({0, 100, 0, std::nullopt}), HERALD_OK);
  EXPECT_EQ(outcomes_of(messages(0, 10)), "..........");
  EXPECT_EQ(other.send(message(0)).code, HERALD_OUTCOME_ERROR);
}

}  // namespace
}  // namespace herald::testkit
