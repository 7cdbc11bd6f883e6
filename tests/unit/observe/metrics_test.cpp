#include "observe/metrics.h"

#include <cmath>
#include <limits>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace herald::observe {
namespace {

using Kind = Metrics::PluginMetricKind;
using std::chrono::microseconds;
using std::chrono::milliseconds;

class FlatForm : public ::testing::Test {
 protected:
  nlohmann::ordered_json flat() const {
    return nlohmann::ordered_json::parse(metrics_.flat_json(base::from_unix_ms(1'767'323'045'678)));
  }
  std::vector<std::string> keys() const {
    std::vector<std::string> names;
    for (const auto& item : flat().items())
      names.push_back(item.key());
    return names;
  }

  Metrics metrics_;
};

TEST_F(FlatForm, HasEveryKeyOfTheContractBeforeAnythingHappened) {
  EXPECT_EQ(keys(), (std::vector<std::string>{"ts_unix_ms", "rate_limited", "breaker_open", "dispatch_attempts",
                                              "dispatch_success", "dispatch_rate_limited", "dispatch_error",
                                              "dispatch_rejected", "breaker_transitions", "invalid_routing"}));
  const auto object = flat();
  for (const auto& item : object.items())
    EXPECT_EQ(item.value(), item.key() == "ts_unix_ms" ? 1'767'323'045'678 : 0) << item.key();
}

TEST_F(FlatForm, ShowsEveryCounterOfAMentionedProviderAtZero) {
  metrics_.provider("sms-mms");
  for (const auto* name : {"attempts", "success", "rate_limited", "error", "breaker_transitions"})
    EXPECT_EQ(flat().at("provider_sms_mms_" + std::string(name)), 0);
  EXPECT_EQ(keys().size(), 15U);
}

TEST_F(FlatForm, AddsTheProvidersUp) {
  ProviderMetrics& email = metrics_.provider("email");
  email.attempts.add(5);
  email.success.add(2);
  email.error.add(1);
  email.rejected.add(2);
  ProviderMetrics& sms = metrics_.provider("sms-mms");
  sms.attempts.add(7);
  sms.rate_limited.add(4);
  sms.error.add(3);
  sms.breaker_transitions.add(2);
  const auto object = flat();
  EXPECT_EQ(object.at("dispatch_attempts"), 12);
  EXPECT_EQ(object.at("dispatch_success"), 2);
  EXPECT_EQ(object.at("dispatch_rate_limited"), 4);
  EXPECT_EQ(object.at("dispatch_error"), 4);
  EXPECT_EQ(object.at("dispatch_rejected"), 2);
  EXPECT_EQ(object.at("breaker_transitions"), 2);
  EXPECT_EQ(object.at("provider_email_attempts"), 5);
  EXPECT_EQ(object.at("provider_email_error"), 1);
  EXPECT_EQ(object.at("provider_sms_mms_rate_limited"), 4);
  EXPECT_EQ(object.at("provider_sms_mms_breaker_transitions"), 2);
}

TEST_F(FlatForm, KeepsTheHostsOwnLimitsApartFromTheProviders) {
  metrics_.rate_limited.add(3);
  metrics_.invalid_routing.add(2);
  metrics_.provider("email").rate_limited.add(5);
  EXPECT_EQ(flat().at("rate_limited"), 3);
  EXPECT_EQ(flat().at("dispatch_rate_limited"), 5);
  EXPECT_EQ(flat().at("invalid_routing"), 2);
}

TEST_F(FlatForm, CountsTheProvidersWhoseBreakerIsOpen) {
  metrics_.provider("a").breaker_state.set(2);
  metrics_.provider("b").breaker_state.set(1);
  metrics_.provider("c").breaker_state.set(2);
  EXPECT_EQ(flat().at("breaker_open"), 2);
}

TEST_F(FlatForm, IsFlatWhateverAProviderIsCalled) {
  metrics_.provider("odd\"name\xFF\n").attempts.add(1);
  EXPECT_TRUE(flat().is_object());
  EXPECT_EQ(flat().at("dispatch_attempts"), 1);
}

TEST(Counters, LoseNothingBetweenThreads) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&metrics] {
      for (int j = 0; j < 1000; ++j) {
        metrics.provider("email").attempts.add();
        metrics.commit_latency.observe(milliseconds{1});
        auto* const own = metrics.plugin_metric("email", Kind::kCounter, "sent", "");
        own->record(1);
        if (j % 100 == 0) EXPECT_FALSE(metrics.prometheus_text().empty());
        if (j % 100 == 0) EXPECT_FALSE(metrics.flat_json({}).empty());
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(metrics.provider("email").attempts.value(), 4000U);
  EXPECT_EQ(metrics.commit_latency.bucket(1), 4000U);
  EXPECT_EQ(metrics.plugin_metric("email", Kind::kCounter, "sent", "")->value(), 4000.0);
}

TEST(Providers, KeepTheirInstruments) {
  Metrics metrics;
  ProviderMetrics& email = metrics.provider("email");
  for (int i = 0; i < 100; ++i)
    metrics.provider("p" + std::to_string(i));
  EXPECT_EQ(&metrics.provider("email"), &email);
}

TEST(Histograms, PutADurationIntoTheFirstBucketThatHoldsIt) {
  Histogram histogram;
  histogram.observe(microseconds{0});
  histogram.observe(microseconds{500});  // the bound itself belongs to its bucket
  histogram.observe(microseconds{501});
  histogram.observe(std::chrono::seconds{10});
  histogram.observe(std::chrono::seconds{11});
  EXPECT_EQ(histogram.bucket(0), 2U);
  EXPECT_EQ(histogram.bucket(1), 1U);
  EXPECT_EQ(histogram.bucket(Histogram::kBounds.size() - 1), 1U);
  EXPECT_EQ(histogram.bucket(Histogram::kBounds.size()), 1U);
  EXPECT_EQ(histogram.sum_ns(), 21'001'001'000U);
}

TEST(Histograms, CountANegativeDurationAsNone) {
  Histogram histogram;
  histogram.observe(milliseconds{-5});
  EXPECT_EQ(histogram.bucket(0), 1U);
  EXPECT_EQ(histogram.sum_ns(), 0U);
}

class PluginMetrics : public ::testing::Test {
 protected:
  Metrics::PluginMetric* counter(std::string_view name, std::string_view provider = "email") {
    return metrics_.plugin_metric(provider, Kind::kCounter, name, "help");
  }

  Metrics metrics_;
};

TEST_F(PluginMetrics, TakeOnlyNamesOfTheContract) {
  EXPECT_NE(counter("a"), nullptr);
  EXPECT_NE(counter("mails_sent2"), nullptr);
  EXPECT_NE(counter(std::string(64, 'a')), nullptr);
  EXPECT_EQ(counter(std::string(65, 'a')), nullptr);
  for (const auto* name : {"", "A", "1a", "_a", "a-b", "a b", "a\n", "a{}", "ä"})
    EXPECT_EQ(counter(name), nullptr) << name;
}

TEST_F(PluginMetrics, AreTheSameForTheSameNameAndKind) {
  EXPECT_EQ(counter("sent"), counter("sent"));
  EXPECT_NE(counter("sent"), counter("sent", "sms-mms"));
}

TEST_F(PluginMetrics, RefuseANameThatIsOfTheOtherKind) {
  ASSERT_NE(counter("sent"), nullptr);
  EXPECT_EQ(metrics_.plugin_metric("email", Kind::kGauge, "sent", ""), nullptr);
  EXPECT_EQ(metrics_.plugin_metric("sms-mms", Kind::kGauge, "sent", ""), nullptr);
}

TEST_F(PluginMetrics, AreAtMost64PerProvider) {
  for (int i = 0; i < 64; ++i)
    ASSERT_NE(counter("m" + std::to_string(i)), nullptr);
  EXPECT_EQ(counter("one_more"), nullptr);
  EXPECT_NE(counter("m7"), nullptr) << "what is declared stays reachable";
  EXPECT_NE(counter("one_more", "sms-mms"), nullptr) << "each provider has its own bound";
}

TEST_F(PluginMetrics, ACounterOnlyGrows) {
  auto* const sent = counter("sent");
  sent->record(2);
  sent->record(0.5);
  sent->record(-1);
  sent->record(std::nan(""));
  sent->record(std::numeric_limits<double>::infinity());
  EXPECT_EQ(sent->value(), 2.5);
}

TEST_F(PluginMetrics, AGaugeIsSet) {
  auto* const depth = metrics_.plugin_metric("email", Kind::kGauge, "depth", "help");
  ASSERT_NE(depth, nullptr);
  depth->record(5);
  depth->record(-1);
  EXPECT_EQ(depth->value(), -1.0);
}

}  // namespace
}  // namespace herald::observe
