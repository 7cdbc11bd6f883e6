#include "providers/host_services.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/plain_text.h"
#include "support/manual_clock.h"
#include "support/recording_log.h"

namespace herald::providers {
namespace {

using testing::HasSubstr;
using testing::Not;

class HostServicesTest : public testing::Test {
 protected:
  const herald_host& host() const { return *services_->table(); }
  void log(std::uint32_t level, std::string_view text) { host().log(host().context, level, as_str(text)); }
  std::uint32_t declare(std::uint32_t kind, std::string_view name) {
    return host().metric_declare(host().context, kind, as_str(name), as_str("Help."));
  }
  void record(std::uint32_t metric, double value) { host().metric_record(host().context, metric, value); }

  test::ManualClock clock_;
  test::RecordingLog log_;
  observe::Metrics metrics_;
  const herald_inbound inbound_{};
  std::shared_ptr<HostServices> services_ =
      std::make_shared<HostServices>("email", Surroundings{clock_, log_, metrics_}, 5, &inbound_);
};

TEST_F(HostServicesTest, LogUnderTheProvidersName) {
  log(HERALD_LOG_WARN, "one\ntwo");
  const auto line = log_.of("plugin.log").at(0);
  EXPECT_EQ(line.level, observe::LogLevel::kWarn);
  EXPECT_EQ(line.fields.at("provider_name"), "email");
  EXPECT_EQ(line.fields.at("text"), "one\\ntwo");
}

TEST_F(HostServicesTest, CutALongLineAtFourKib) {
  log(HERALD_LOG_INFO, std::string(10'000, 'x'));
  EXPECT_EQ(log_.of("plugin.log").at(0).fields.at("text").size(), 4096U);
}

TEST_F(HostServicesTest, TakeAnUnknownLevelForAnError) {
  log(99, "odd");
  EXPECT_EQ(log_.of("plugin.log").at(0).level, observe::LogLevel::kError);
}

TEST_F(HostServicesTest, ShowTheInjectedClock) {
  clock_.advance(std::chrono::seconds{5});
  EXPECT_EQ(host().monotonic_ns(host().context), clock_.mono().time_since_epoch().count());
  EXPECT_EQ(host().unix_ms(host().context), base::unix_ms(clock_.wall()));
}

TEST_F(HostServicesTest, DrawFromTheSeed) {
  base::SeededRandom same(5);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(host().random(host().context), same.next());
}

TEST_F(HostServicesTest, CountWhatAPluginDeclares) {
  const auto counter = declare(HERALD_METRIC_COUNTER, "sent");
  const auto gauge = declare(HERALD_METRIC_GAUGE, "connections");
  ASSERT_NE(counter, 0U);
  ASSERT_NE(gauge, 0U);
  record(counter, 2);
  record(counter, 1.5);
  record(gauge, 4);
  record(gauge, 3);
  const auto text = metrics_.prometheus_text();
  EXPECT_THAT(text, HasSubstr("herald_plugin_sent{provider=\"email\"} 3.5"));
  EXPECT_THAT(text, HasSubstr("herald_plugin_connections{provider=\"email\"} 3"));
}

TEST_F(HostServicesTest, GiveTheSameHandleForTheSameMetric) {
  const auto first = declare(HERALD_METRIC_COUNTER, "sent");
  EXPECT_EQ(declare(HERALD_METRIC_COUNTER, "sent"), first);
  EXPECT_EQ(declare(HERALD_METRIC_GAUGE, "sent"), 0U);
}

TEST_F(HostServicesTest, RefuseNamesAndKindsThatAreNotAllowed) {
  for (const char* name : {"", "1a", "A", "a-b", "a b"})
    EXPECT_EQ(declare(HERALD_METRIC_COUNTER, name), 0U) << name;
  EXPECT_EQ(declare(HERALD_METRIC_COUNTER, std::string(65, 'a')), 0U);
  EXPECT_NE(declare(HERALD_METRIC_COUNTER, std::string(64, 'a')), 0U);
  EXPECT_EQ(declare(7, "odd"), 0U);
}

TEST_F(HostServicesTest, TakeSixtyFourMetricsAndNoMore) {
  for (int i = 0; i < 64; ++i)
    EXPECT_NE(declare(HERALD_METRIC_COUNTER, "m" + std::to_string(i)), 0U);
  EXPECT_EQ(declare(HERALD_METRIC_COUNTER, "one_more"), 0U);
}

TEST_F(HostServicesTest, IgnoreValuesThatWouldSpoilACounter) {
  const auto counter = declare(HERALD_METRIC_COUNTER, "sent");
  record(counter, 1);
  for (const double value : {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    record(counter, value);
  }
  for (const std::uint32_t handle : {0U, 2U, ~0U})
    record(handle, 1);
  EXPECT_THAT(metrics_.prometheus_text(), HasSubstr("herald_plugin_sent{provider=\"email\"} 1\n"));
}

TEST_F(HostServicesTest, OfferTheInboundExtensionAndNoOther) {
  EXPECT_EQ(host().extension(host().context, as_str(HERALD_EXT_INBOUND)), &inbound_);
  for (const char* id : {"", "herald.inbound/2", "herald.inbound", "herald.anything/1"})
    EXPECT_EQ(host().extension(host().context, as_str(id)), nullptr) << id;
  EXPECT_EQ(host().extension(host().context, herald_str{nullptr, 16}), nullptr);
}

TEST_F(HostServicesTest, DoNothingOnceDetached) {
  const auto counter = declare(HERALD_METRIC_COUNTER, "sent");
  services_->detach();
  log(HERALD_LOG_ERROR, "late");
  record(counter, 1);
  EXPECT_EQ(declare(HERALD_METRIC_COUNTER, "later"), 0U);
  EXPECT_TRUE(log_.of("plugin.log").empty());
  EXPECT_THAT(metrics_.prometheus_text(), Not(HasSubstr("herald_plugin_sent{provider=\"email\"} 1")));
}

}  // namespace
}  // namespace herald::providers
