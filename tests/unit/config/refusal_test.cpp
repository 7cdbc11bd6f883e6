// Every value that stops the start, with the name, the value, the source and what is allowed.
#include "config/setting.h"
#include "unit/config/sources.h"

namespace herald::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Refusal : public SettingsTest {};

struct Bounds {
  const char* name;
  std::uint64_t min;
  std::uint64_t max;
};

class Range : public SettingsTest, public ::testing::WithParamInterface<Bounds> {};

TEST_P(Range, AcceptsItsEndsAndRefusesWhatIsBeyond) {
  const Bounds bounds = GetParam();
  const Setting* setting = find_setting(bounds.name);
  ASSERT_NE(setting, nullptr);
  const std::string variable_name = environment_name(*setting);
  const std::string allowed = std::to_string(bounds.min) + " to " + std::to_string(bounds.max);
  for (const std::uint64_t accepted : {bounds.min, bounds.max}) {
    variable(variable_name, std::to_string(accepted));
    EXPECT_EQ(origin(bounds.name), std::to_string(accepted) + " (env:" + variable_name + ")");
  }
  std::vector<std::string> beyond{std::to_string(bounds.max + 1), "-1", "18446744073709551616"};
  if (bounds.min > 0) beyond.push_back(std::to_string(bounds.min - 1));
  for (const auto& value : beyond) {
    variable(variable_name, value);
    EXPECT_THAT(refusal(), HasSubstr(std::string(bounds.name) + ": found \"" + value + "\" (environment variable " +
                                     variable_name + "), expected " + allowed));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Settings, Range,
    ::testing::Values(Bounds{"port", 0, 65'535}, Bounds{"max_body_bytes", 1'024, 16'777'216},
                      Bounds{"max_attachments", 0, 100}, Bounds{"rate_limit_per_ip_per_min", 0, 1'000'000'000},
                      Bounds{"rate_limit_per_sender_per_min", 0, 1'000'000'000},
                      Bounds{"idempotency_ttl_secs", 1, 2'678'400}, Bounds{"message_ttl_secs", 1, 2'678'400},
                      Bounds{"breaker_error_threshold", 1, 1'000'000'000}, Bounds{"breaker_open_secs", 1, 86'400},
                      Bounds{"breaker_half_open_samples", 1, 1'000}, Bounds{"worker_max_retries", 0, 1'000},
                      Bounds{"worker_backoff_base_ms", 1, 3'600'000}, Bounds{"worker_backoff_max_ms", 1, 3'600'000},
                      Bounds{"dispatch_timeout_ms", 10, 600'000}, Bounds{"stall_secs", 1, 86'400},
                      Bounds{"queue_max", 1, 1'000'000'000}, Bounds{"retention_days", 0, 3'650},
                      Bounds{"provider_timeout_pct", 0, 100}, Bounds{"provider_error_pct", 0, 100},
                      Bounds{"provider_ratelimit_pct", 0, 100}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(Refusal, CoversEveryIntegerByARangeTest) {
  std::size_t integers = 0;
  for (const auto& setting : all_settings())
    integers += setting.kind == Kind::kInteger ? 1U : 0U;
  EXPECT_EQ(integers, 20U + 1U) << "a new integer needs its row above; provider_seed alone has the whole range";
}

TEST_F(Refusal, OfANumberThatIsNone) {
  for (const char* text :
       {"12abc", "abc", "0x1F", "010", "00", "+80", "-0", " 80", "80 ", "8 0", "8.0", "1e3", "1_000", "８０", "80\n"}) {
    variable("API_PORT", text);
    EXPECT_THAT(refusal(), AllOf(HasSubstr("port: found"), HasSubstr("0 to 65535"))) << text;
  }
}

TEST_F(Refusal, OfAnIntegerThatWouldWrapAround) {
  for (const char* text :
       {"4294967297", "18446744073709551617", "-18446744073709551615", "99999999999999999999999999999999"}) {
    variable("API_WORKER_MAX_RETRIES", text);
    EXPECT_THAT(refusal(), HasSubstr("0 to 1000")) << text;
  }
}

TEST_F(Refusal, OfAChoiceThatIsNoneTellsTheChoices) {
  variable("API_LOG_LEVEL", "verbose");
  variable("API_LOG_FORMAT", "xml");
  variable("API_DURABILITY", "none");
  variable("API_UNCERTAIN_POLICY", "drop");
  variable("API_DISPATCH", "maybe");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("log_level: found \"verbose\" (environment variable API_LOG_LEVEL), expected "
                                         "one of trace, debug, info, warn, error, off"),
                               HasSubstr("one of text, json"), HasSubstr("one of power, process"),
                               HasSubstr("one of resend, hold"), HasSubstr("one of off, on")));
}

TEST_F(Refusal, OfAChoiceInAnotherCase) {
  variable("API_LOG_LEVEL", "INFO");
  EXPECT_THAT(refusal(), HasSubstr("found \"INFO\""));
}

TEST_F(Refusal, OfARegionThatNobodyKnows) {
  for (const char* region : {"XX", "us", "USA", "U", "001"}) {
    variable("API_DEFAULT_REGION", region);
    EXPECT_THAT(refusal(),
                AllOf(HasSubstr("default_region: found \"" + std::string(region) + "\""), HasSubstr("ISO 3166")));
  }
  variable("API_DEFAULT_REGION", "DE");
  EXPECT_EQ(loaded().intake.default_region, "DE");
}

TEST_F(Refusal, OfAHealthPathThatIsTakenOrNone) {
  for (const char* path :
       {"healthz", "/api", "/api/health", "/livez", "/readyz", "/metrics", "/a b", "/a?b", "/a%20"}) {
    variable("API_HEALTH_PATH", path);
    EXPECT_THAT(refusal(), HasSubstr("health_path: found \"" + std::string(path) + "\""));
  }
  for (const char* path : {"/", "/health", "/apis", "/_/health-check.json"}) {
    variable("API_HEALTH_PATH", path);
    EXPECT_EQ(loaded().api.health_path, path);
  }
}

TEST_F(Refusal, OfAnAddressWithAPortOrBlanks) {
  for (const char* address : {"127.0.0.1:8080", "http://localhost", "local host", "[::1]"}) {
    variable("API_HOST", address);
    EXPECT_THAT(refusal(), HasSubstr("host: found \"" + std::string(address) + "\""));
  }
  for (const char* address : {"0.0.0.0", "::", "fe80::1%eth0", "my-host.example"}) {
    variable("API_HOST", address);
    EXPECT_EQ(loaded().http.host, address);
  }
}

TEST_F(Refusal, OfProxiesThatAreNoNetworks) {
  for (const char* proxies : {"10.0.0.0/33", "10.0.0.1/8", "proxy.example", "10.0.0.1,", "::1/129", "1.2.3"}) {
    variable("API_TRUSTED_PROXIES", proxies);
    EXPECT_THAT(refusal(), HasSubstr("trusted_proxies: found \"" + std::string(proxies) + "\""));
  }
}

TEST_F(Refusal, OfForgettingAWebhooksIdBeforeARecordingOfItIsStale) {
  variable("API_WEBHOOK_SECRETS_FILE", "/etc/herald/webhooks");
  variable("API_IDEMPOTENCY_TTL_SECS", "599");
  EXPECT_THAT(refusal(), HasSubstr("idempotency_ttl_secs: found 599, expected at least 600"));
  variable("API_IDEMPOTENCY_TTL_SECS", "600");
  EXPECT_EQ(loaded().access.webhook_secrets_file, "/etc/herald/webhooks");
}

TEST_F(Refusal, OfARouteToWhatCanBeNoProvider) {
  for (const char* name : {"SMS", "sms_mms", "9x", "-x", "a b"}) {
    variable("API_ROUTE_SMS", name);
    EXPECT_THAT(refusal(), HasSubstr("route.sms: found \"" + std::string(name) + "\""));
  }
}

TEST_F(Refusal, OfControlCharactersShowsThemEscaped) {
  file("data_dir = \"a\\u0000b\"");
  EXPECT_THAT(refusal(), HasSubstr(R"(data_dir: found "a\x00b")"));
}

TEST_F(Refusal, CutsAVeryLongValue) {
  variable("API_PORT", std::string(10'000, '9'));
  EXPECT_LT(refusal().size(), 400U);
}

TEST_F(Refusal, ListsEveryFaultOfEverySourceAtOnce) {
  file("port = \"x\"\nunheard_of = 1\n");
  variable("API_LOG_LEVEL", "loud");
  flags({"--nonsense", "1", "--max-attachments", "101"});
  const std::string text = refusal();
  for (const char* part : {"port: found", "unheard_of", "log_level: found", "--nonsense", "max_attachments: found"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, HasSubstr("5 faults"));
}

TEST_F(Refusal, AlsoOfAValueThatAnotherSourceOverrides) {
  file("port = 70000");
  flags({"--port", "80"});
  EXPECT_THAT(refusal(), HasSubstr("herald.toml:1:"));
}

class Percentages : public SettingsTest {};

TEST_F(Percentages, MayTogetherBeAHundred) {
  variable("API_PROVIDER_TIMEOUT_PCT", "50");
  variable("API_PROVIDER_ERROR_PCT", "25");
  variable("API_PROVIDER_RATELIMIT_PCT", "25");
  EXPECT_EQ(loaded().providers.faults.timeout_pct, 50U);
}

TEST_F(Percentages, MayNotTogetherBeMore) {
  variable("API_PROVIDER_TIMEOUT_PCT", "50");
  variable("API_PROVIDER_ERROR_PCT", "25");
  variable("API_PROVIDER_RATELIMIT_PCT", "26");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("provider_*_pct"), HasSubstr("= 101"), HasSubstr("100 at most")));
}

TEST_F(Percentages, AreSummedWithWhatAProviderTakesFromAll) {
  variable("API_PROVIDER_ERROR_PCT", "60");
  file("[provider.email]\ntimeout_pct = 41");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("provider.email: found timeout_pct 41 (file:herald.toml) + error_pct 60 "
                                         "(env:API_PROVIDER_ERROR_PCT) + ratelimit_pct 0 (default) = 101"),
                               Not(HasSubstr("provider_*_pct: found"))));
}

TEST_F(Percentages, OfAProviderReplaceThoseOfAll) {
  variable("API_PROVIDER_ERROR_PCT", "60");
  file("[provider.email]\ntimeout_pct = 41\nerror_pct = 0");
  EXPECT_EQ(loaded().providers.provider_faults.at("email").error_pct, 0U);
}

TEST(BackoffSettings, WarnWhenTheBaseIsAboveTheBound) {
  Sources sources;
  sources.flags = {"--worker-backoff-max-ms", "100"};
  const auto settings = load(sources);
  ASSERT_TRUE(settings);
  ASSERT_EQ(settings->warnings.size(), 1U);
  EXPECT_THAT(settings->warnings.front(), HasSubstr("worker_backoff_base_ms (750)"));
}

TEST(Warnings, SayNothingOfLimitsThatAreSet) {
  Sources sources;
  sources.flags = {"--rate-limit-per-ip-per-min", "10", "--rate-limit-per-sender-per-min", "0",
                   "--idempotency-ttl-secs",      "60"};
  EXPECT_TRUE(load(sources).value().warnings.empty());
}

}  // namespace
}  // namespace herald::config
