#include "tools/bench/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace herald::tools::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct BenchReport : ::testing::Test {
  BenchReport() {
    run.options.target = {"127.0.0.1", 8080, "/api/messages/sms"};
    run.options.seed = 42;
    run.description = "mix a: small SMS";
    run.body_bytes = 188;
    tally.sent = 2'010;
    tally.good = 2'000;
    tally.elapsed = std::chrono::seconds{2};
    for (int i = 0; i < 2'000; ++i)
      tally.latency.add(std::chrono::microseconds{1'500});
  }

  bench::Run run;
  Tally tally;
};

TEST_F(BenchReport, CountsOnlyGoodAnswersInTheRate) {
  tally.refused[429] = 7;
  tally.fault(Fault::kTimeout) = 3;
  const auto text = report_table(run, tally);
  EXPECT_THAT(text, ::testing::ContainsRegex("answered 2xx +2,000 +1000.0/s"));
  EXPECT_THAT(text, ::testing::ContainsRegex("answered 429 +7 +rate limits: start the host with"));
  EXPECT_THAT(text, ::testing::ContainsRegex("timed out +3"));
  EXPECT_THAT(text, HasSubstr("seed 42"));
  EXPECT_THAT(text, HasSubstr("p99 1.50"));
}

TEST_F(BenchReport, SaysWhatTheLatenciesAreOf) {
  EXPECT_THAT(report_table(run, tally), HasSubstr("closed loop"));
  run.options.rate = 500;
  EXPECT_THAT(report_table(run, tally), HasSubstr("open loop at 500/s: latency counts from when a request was due"));
}

TEST_F(BenchReport, ShowsNoLatencyWhereNothingWasAnswered) {
  EXPECT_THAT(report_table(run, Tally{}), Not(HasSubstr("latency in ms")));
}

TEST_F(BenchReport, IsTheSameForPrograms) {
  tally.refused[503] = 7;
  tally.fault(Fault::kClosed) = 3;
  const auto json = nlohmann::json::parse(report_json(run, tally));
  EXPECT_EQ(json.at("url"), "http://127.0.0.1:8080/api/messages/sms");
  EXPECT_EQ(json.at("loop"), "closed");
  EXPECT_TRUE(json.at("rate_per_s").is_null());
  EXPECT_EQ(json.at("answered_2xx"), 2'000);
  EXPECT_DOUBLE_EQ(json.at("per_s").get<double>(), 1'000.0);
  EXPECT_EQ(json.at("other_answers"), (nlohmann::json{{"503", 7}}));
  EXPECT_EQ(json.at("unanswered").at("closed"), 3);
  EXPECT_NEAR(json.at("latency_ms").at("p99.9").get<double>(), 1.5, 0.02);
}

TEST_F(BenchReport, IsGoodOnlyWhenEveryRequestIs) {
  EXPECT_FALSE(tally.all_good());
  tally.sent = 2'000;
  EXPECT_TRUE(tally.all_good());
  tally.fault(Fault::kUnsent) = 1;
  EXPECT_FALSE(tally.all_good());
}

TEST(BenchNumbers, AreShownForPeople) {
  EXPECT_EQ(grouped(7), "7");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000), "1,000");
  EXPECT_EQ(grouped(1'234'567), "1,234,567");
  EXPECT_EQ(shown_ms(std::chrono::microseconds{123}), "0.123");
  EXPECT_EQ(shown_ms(std::chrono::microseconds{1'234}), "1.23");
  EXPECT_EQ(shown_ms(std::chrono::milliseconds{1'234}), "1234");
}

}  // namespace
}  // namespace herald::tools::bench
