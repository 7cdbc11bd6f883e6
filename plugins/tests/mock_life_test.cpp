// The life, the settings and the limits of every mock provider.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mock_fixture.h"
#include "process_view.h"
#include "support/eventually.h"

namespace herald::testkit {
namespace {

TEST_F(HERALD_MOCK, DescribesItself) {
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

TEST_F(HERALD_MOCK, ExportsNothingButItsEntry) {
  EXPECT_THAT(exported_symbols(HERALD_MOCK_FILE), ::testing::ElementsAre("herald_plugin_entry"));
}

TEST_F(HERALD_MOCK, TakesItsLatencyBeforeAnOutcome) {
  run(R"({"latency_ms": 60})");
  auto patient = message(0);
  patient.time_left = 10s;
  const Completed completed = mock_.send(patient);
  EXPECT_EQ(completed.code, HERALD_OUTCOME_SUCCESS);
  EXPECT_GE(completed.after, std::chrono::milliseconds{60});
}

TEST_F(HERALD_MOCK, TimesOutWhenItsLatencyIsLongerThanTheDeadline) {
  run(R"({"latency_ms": 60000})");
  const Completed completed = mock_.send(message(0));
  EXPECT_EQ(completed.code, HERALD_OUTCOME_TIMEOUT);
  EXPECT_LE(completed.to_deadline, std::chrono::nanoseconds{0});
}

TEST_F(HERALD_MOCK, TellsNoRetryAfterUnlessConfigured) {
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

TEST_F(HERALD_MOCK, RefusesAWrongConfigurationAndKeepsTheFormer) {
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

TEST_F(HERALD_MOCK, ForgetsASettingThatANewConfigurationLeavesOut) {
  run(R"({"retry_after_ms": 700})");
  ASSERT_EQ(mock_.configure("{}").result, HERALD_OK);
  mock_.set_faults({0, 0, 100, std::nullopt});
  EXPECT_EQ(mock_.send(message(0)).retry_after_ms, 0U);
}

TEST_F(HERALD_MOCK, WaitsInDrainForWhatIsOut) {
  run();
  submit_timeouts(1, 80ms);
  EXPECT_EQ(mock_.drain(10s), HERALD_OK);
  EXPECT_EQ(mock_.completions().outstanding(), 0U);
}

TEST_F(HERALD_MOCK, GivesUpDrainingAtTheDeadline) {
  run();
  submit_timeouts(1, 1h);
  EXPECT_EQ(mock_.drain(30ms), HERALD_E_TIMEOUT);
  EXPECT_EQ(mock_.completions().outstanding(), 1U);
}

TEST_F(HERALD_MOCK, StopsWithoutCompletingWhatIsOut) {
  run();
  submit_timeouts(2, 1h);
  mock_.stop();
  EXPECT_TRUE(mock_.completions().all().empty());
  EXPECT_EQ(mock_.completions().stray(), 0U);
}

TEST_F(HERALD_MOCK, LeavesNoThreadBehindWhenItStops) {
  run();
  ASSERT_TRUE(test::eventually([] { return threads_named(HERALD_MOCK_THREAD) == 1; }));
  mock_.stop();
  EXPECT_TRUE(test::eventually([] { return threads_named(HERALD_MOCK_THREAD) == 0; }));
}

TEST_F(HERALD_MOCK, TakesMessagesOnlyWhileItRuns) {
  EXPECT_EQ(mock_.submit({message(0)}).result, HERALD_E_STATE);
  EXPECT_EQ(mock_.start(), HERALD_E_STATE) << "it was not configured";
  run();
  mock_.stop();
  EXPECT_EQ(mock_.submit({message(0)}).result, HERALD_E_STATE);
}

TEST_F(HERALD_MOCK, SharesNothingWithAnotherInstance) {
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
