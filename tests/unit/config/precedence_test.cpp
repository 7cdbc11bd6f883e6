// Flags over environment over file over defaults, and where each value is said to come from.
#include "unit/config/sources.h"

namespace herald::config {
namespace {

using ::testing::HasSubstr;

class Precedence : public SettingsTest {};

TEST_F(Precedence, GivesEveryDefaultOfTheContract) {
  const Settings settings = loaded();
  EXPECT_EQ(settings.http.host, "127.0.0.1");
  EXPECT_EQ(settings.http.port, 8080);
  EXPECT_EQ(settings.http.max_body_bytes, 262'144U);
  EXPECT_EQ(settings.api.max_body_bytes, 262'144U);
  EXPECT_EQ(settings.api.health_path, "/healthz");
  EXPECT_EQ(settings.store.data_dir, "./data");
  EXPECT_EQ(settings.store.durability, store::Durability::kPower);
  EXPECT_EQ(settings.store.uncertain_policy, store::UncertainPolicy::kResend);
  EXPECT_EQ(settings.store.queue_max, 5'000'000U);
  EXPECT_EQ(settings.intake.default_region, "US");
  EXPECT_EQ(settings.intake.message_ttl, std::chrono::seconds{86'400});
  EXPECT_EQ(settings.intake.max_attachments, 8U);
  EXPECT_EQ(settings.intake.rate_limit_per_ip_per_min, 120U);
  EXPECT_EQ(settings.intake.rate_limit_per_sender_per_min, 60U);
  EXPECT_EQ(settings.intake.idempotency_ttl, std::chrono::seconds{86'400});
  EXPECT_EQ(settings.store.idempotency_ttl, std::chrono::seconds{86'400});
  EXPECT_TRUE(settings.delivery.dispatch);
  EXPECT_EQ(settings.delivery.breaker.failure_threshold, 20U);
  EXPECT_EQ(settings.delivery.breaker.open_time, std::chrono::seconds{30});
  EXPECT_EQ(settings.delivery.breaker.half_open_samples, 3U);
  EXPECT_EQ(settings.delivery.retry.max_retries, 8U);
  EXPECT_EQ(settings.delivery.retry.backoff_base, std::chrono::milliseconds{750});
  EXPECT_EQ(settings.delivery.retry.backoff_max, std::chrono::milliseconds{300'000});
  EXPECT_EQ(settings.delivery.dispatch_timeout, std::chrono::milliseconds{10'000});
  EXPECT_EQ(settings.delivery.stall_after, std::chrono::seconds{30});
  EXPECT_EQ(settings.observe.level, observe::LogLevel::kInfo);
  EXPECT_EQ(settings.observe.format, observe::LogFormat::kText);
  EXPECT_EQ(settings.providers.plugin_dir, "/own/plugins");
  EXPECT_FALSE(settings.providers.faults.error_pct);
  EXPECT_FALSE(settings.providers.faults.seed);
  EXPECT_TRUE(settings.providers.provider_faults.empty());
  EXPECT_TRUE(settings.providers.routes.empty());
  EXPECT_TRUE(settings.warnings.empty());
}

TEST_F(Precedence, OfAnIntegerIsFlagThenEnvironmentThenFile) {
  EXPECT_EQ(origin("queue_max"), "5000000 (default)");
  file("queue_max = 10");
  EXPECT_EQ(loaded().store.queue_max, 10U);
  EXPECT_EQ(origin("queue_max"), "10 (file:herald.toml)");
  variable("API_QUEUE_MAX", "20");
  EXPECT_EQ(loaded().store.queue_max, 20U);
  EXPECT_EQ(origin("queue_max"), "20 (env:API_QUEUE_MAX)");
  flags({"--queue-max", "30"});
  EXPECT_EQ(loaded().store.queue_max, 30U);
  EXPECT_EQ(origin("queue_max"), "30 (flag)");
}

TEST_F(Precedence, OfADurationIsFlagThenEnvironmentThenFile) {
  file("breaker_open_secs = 1");
  EXPECT_EQ(loaded().delivery.breaker.open_time, std::chrono::seconds{1});
  variable("API_BREAKER_OPEN_SECS", "2");
  EXPECT_EQ(loaded().delivery.breaker.open_time, std::chrono::seconds{2});
  flags({"--breaker-open-secs=3"});
  EXPECT_EQ(loaded().delivery.breaker.open_time, std::chrono::seconds{3});
}

TEST_F(Precedence, OfATextIsFlagThenEnvironmentThenFile) {
  file("data_dir = \"/file\"");
  EXPECT_EQ(loaded().store.data_dir, "/file");
  variable("API_DATA_DIR", "/env");
  EXPECT_EQ(loaded().store.data_dir, "/env");
  flags({"--data-dir", "/flag"});
  EXPECT_EQ(loaded().store.data_dir, "/flag");
}

TEST_F(Precedence, OfAChoiceIsFlagThenEnvironmentThenFile) {
  file("log_level = \"error\"");
  EXPECT_EQ(loaded().observe.level, observe::LogLevel::kError);
  variable("API_LOG_LEVEL", "off");
  EXPECT_EQ(loaded().observe.level, observe::LogLevel::kOff);
  flags({"--log-level", "trace"});
  EXPECT_EQ(loaded().observe.level, observe::LogLevel::kTrace);
  EXPECT_EQ(origin("log_level"), "trace (flag)");
}

TEST_F(Precedence, OfASwitchIsFlagThenEnvironmentThenFile) {
  file("dispatch = false");
  EXPECT_FALSE(loaded().delivery.dispatch);
  variable("API_DISPATCH", "on");
  EXPECT_TRUE(loaded().delivery.dispatch);
  flags({"--dispatch", "off"});
  EXPECT_FALSE(loaded().delivery.dispatch);
  EXPECT_EQ(origin("dispatch"), "off (flag)");
}

TEST_F(Precedence, OfARouteIsFlagThenEnvironmentThenFile) {
  file("[route]\nsms = \"from-file\"");
  EXPECT_EQ(loaded().providers.routes.at(domain::Channel::kSms), "from-file");
  variable("API_ROUTE_SMS", "from-env");
  EXPECT_EQ(loaded().providers.routes.at(domain::Channel::kSms), "from-env");
  flags({"--route-sms", "from-flag"});
  EXPECT_EQ(loaded().providers.routes.at(domain::Channel::kSms), "from-flag");
  EXPECT_EQ(origin("route.sms"), "from-flag (flag)");
  EXPECT_EQ(loaded().providers.routes.size(), 1U);
}

TEST_F(Precedence, OfAProvidersFaultsIsFlagThenEnvironmentThenFile) {
  file("[provider.email]\nerror_pct = 1");
  EXPECT_EQ(loaded().providers.provider_faults.at("email").error_pct, 1U);
  variable("API_PROVIDER_EMAIL_ERROR_PCT", "2");
  EXPECT_EQ(loaded().providers.provider_faults.at("email").error_pct, 2U);
  flags({"--provider-email-error-pct", "3"});
  EXPECT_EQ(loaded().providers.provider_faults.at("email").error_pct, 3U);
  EXPECT_EQ(origin("provider.email.error_pct"), "3 (flag)");
}

TEST_F(Precedence, OfAProvidersConfigurationIsFlagThenEnvironmentThenFile) {
  file("[provider.email.config]\nfrom = \"file\"");
  EXPECT_EQ(loaded().providers.provider_config.at("email"), R"({"from":"file"})");
  variable("API_PROVIDER_EMAIL_CONFIG", R"({"from": "env"})");
  EXPECT_EQ(loaded().providers.provider_config.at("email"), R"({"from":"env"})");
  flags({R"(--provider-email-config={"from": "flag"})"});
  EXPECT_EQ(loaded().providers.provider_config.at("email"), R"({"from":"flag"})");
}

TEST_F(Precedence, OfTheFileItselfIsFlagThenEnvironment) {
  sources_.read_file = [](const std::string& path) -> base::Result<std::string> {
    return "data_dir = \"in-" + path + "\"";
  };
  variable("API_CONFIG", "env.toml");
  EXPECT_EQ(loaded().store.data_dir, "in-env.toml");
  flags({"--config", "flag.toml"});
  EXPECT_EQ(loaded().store.data_dir, "in-flag.toml");
  EXPECT_EQ(loaded().config_file, "flag.toml");
  EXPECT_EQ(origin("data_dir"), "in-flag.toml (file:flag.toml)");
}

TEST_F(Precedence, ReadsNoFileThatNobodyNamed) {
  sources_.read_file = [](const std::string&) -> base::Result<std::string> {
    ADD_FAILURE() << "a file is read";
    return std::string();
  };
  loaded();
}

TEST_F(Precedence, SettlesEachSettingByItself) {
  file("port = 1\nhost = \"file.example\"");
  variable("API_PORT", "2");
  EXPECT_EQ(loaded().http.port, 2);
  EXPECT_EQ(loaded().http.host, "file.example");
}

TEST_F(Precedence, OfARepeatedFlagIsTheLastAndSaysSo) {
  flags({"--port", "1", "--port", "2"});
  EXPECT_EQ(loaded().http.port, 2);
  EXPECT_THAT(warnings(), HasSubstr("--port is given more than once"));
}

TEST_F(Precedence, SetsTheBodysBoundForHttpAndApiAlike) {
  variable("API_MAX_BODY_BYTES", "2048");
  EXPECT_EQ(loaded().http.max_body_bytes, 2'048U);
  EXPECT_EQ(loaded().api.max_body_bytes, 2'048U);
}

TEST_F(Precedence, SetsTheLifeOfAKeyForIntakeAndStoreAlike) {
  variable("API_IDEMPOTENCY_TTL_SECS", "60");
  EXPECT_EQ(loaded().intake.idempotency_ttl, std::chrono::seconds{60});
  EXPECT_EQ(loaded().store.idempotency_ttl, std::chrono::seconds{60});
}

class Origins : public SettingsTest {};

TEST_F(Origins, ListEverySettingOnce) {
  flags({"--port", "1", "--provider-email-seed", "7"});
  const Settings settings = loaded();
  std::vector<std::string> names;
  for (const auto& entry : settings.origins)
    names.push_back(entry.name);
  for (const char* name : {"config", "host", "port", "default_region", "route.sms", "provider_seed", "log_format"}) {
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name;
  }
  EXPECT_EQ(names.back(), "provider.email.seed");
}

TEST_F(Origins, TellTheOwnPluginFolderAndWhatIsUnset) {
  EXPECT_EQ(origin("plugin_dir"), "/own/plugins (default)");
  EXPECT_EQ(origin("provider_seed"), "none (default)");
  EXPECT_EQ(origin("config"), "none (default)");
  EXPECT_EQ(origin("provider_error_pct"), "0 (default)");
}

TEST_F(Origins, KeepAProvidersConfigurationSecret) {
  file("[provider.email.config]\npassword = \"hunter2\"");
  EXPECT_EQ(origin("provider.email.config"), "*** (file:herald.toml)");
  for (const auto& entry : loaded().origins)
    EXPECT_EQ(entry.value.find("hunter2"), std::string::npos) << entry.name;
}

}  // namespace
}  // namespace herald::config
