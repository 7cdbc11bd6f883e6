#include "unit/config/sources.h"

namespace herald::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class TomlSettings : public SettingsTest {};

TEST_F(TomlSettings, SetWhatTheyName) {
  file(R"(
port = 0x1F90
rate_limit_per_ip_per_min = 1_000
log_format = "json"
dispatch = "off"

[route]
email = "smtp"

[provider.sms-mms]
error_pct = 10
seed = 42
)");
  const Settings settings = loaded();
  EXPECT_EQ(settings.http.port, 8080);
  EXPECT_EQ(settings.intake.rate_limit_per_ip_per_min, 1'000U);
  EXPECT_EQ(settings.observe.format, observe::LogFormat::kJson);
  EXPECT_FALSE(settings.delivery.dispatch);
  EXPECT_EQ(settings.providers.routes.at(domain::Channel::kEmail), "smtp");
  EXPECT_EQ(settings.providers.provider_faults.at("sms-mms").error_pct, 10U);
  EXPECT_EQ(settings.providers.provider_faults.at("sms-mms").seed, 42U);
}

TEST_F(TomlSettings, MayBeEmpty) {
  file("# nothing yet\n");
  EXPECT_EQ(loaded().http.port, 8080);
}

TEST_F(TomlSettings, MayWriteARouteAsADottedKey) {
  file("route.mms = \"a\"");
  EXPECT_EQ(loaded().providers.routes.at(domain::Channel::kMms), "a");
}

TEST_F(TomlSettings, OfTheWrongTypeAreRefusedWithTheCure) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"port = \"8080\"",
       "port: found \"8080\" (herald.toml:1:8), expected 0 to 65535, a number: write it without quotes"},
      {"port = 8080.0", "port: found a number with a fraction (herald.toml:1:8), expected 0 to 65535"},
      {"port = true", "port: found true (herald.toml:1:8), expected 0 to 65535"},
      {"port = [8080]", "port: found an array (herald.toml:1:8), expected 0 to 65535"},
      {"port = -1", "port: found -1 (herald.toml:1:8), expected 0 to 65535"},
      {"port = 2026-01-01", "port: found a date or time"},
      {"[port]\nx = 1", "port: found a table"},
      {"data_dir = 5", "data_dir: found 5 (herald.toml:1:12), expected a path: write it in quotes"},
      {"log_level = 1", "log_level: found 1 (herald.toml:1:13), expected one of trace"},
      {"log_level = true", "log_level: found true"},
      {"dispatch = 1", "dispatch: found 1 (herald.toml:1:12), expected one of off, on"},
      {"dispatch = \"true\"", "dispatch: found \"true\""},
      {"[route]\nsms = 5", "route.sms: found 5 (herald.toml:2:7)"},
      {"[provider.email]\nseed = -1", "provider.email.seed: found -1 (herald.toml:2:8)"},
      {"[provider.email]\nerror_pct = \"5\"", "provider.email.error_pct: found \"5\""},
      {"[provider.email]\nconfig = 5", "provider.email.config: found a value that is not shown (herald.toml:2:10)"},
  };
  for (const auto& entry : cases) {
    file(entry.first);
    EXPECT_THAT(refusal(), HasSubstr(entry.second)) << entry.first;
  }
}

TEST_F(TomlSettings, ThatAreNotTomlAreRefusedWithThePlace) {
  for (const char* text : {"port: 8080", "port =", "port = 1\nport = 2", "[route\nsms = 1", "a = \"\xFF\""}) {
    file(text);
    EXPECT_THAT(refusal(), AllOf(HasSubstr("herald.toml:"), HasSubstr("not TOML"))) << text;
  }
  file("host = \"a\"\nport = 08080\n");
  EXPECT_THAT(refusal(), HasSubstr("herald.toml:2:"));
}

TEST_F(TomlSettings, WithAnUnknownKeyAreRefusedWithItsPlaceAndAGuess) {
  file("\nprot = 80");
  EXPECT_THAT(refusal(), HasSubstr("herald.toml:2:8: unknown key \"prot\"; did you mean port?"));
  file("API_PORT = 80");
  EXPECT_THAT(refusal(), HasSubstr("did you mean port?"));
  file("log-level = \"info\"");
  EXPECT_THAT(refusal(), HasSubstr("did you mean log_level?"));
  file("frobnicate = 1");
  EXPECT_THAT(refusal(), HasSubstr("unknown key \"frobnicate\"; `herald --help` lists all"));
  file("[server]\nport = 80");
  EXPECT_THAT(refusal(), HasSubstr("unknown key \"server\""));
}

TEST_F(TomlSettings, WithAnUnknownChannelAreRefused) {
  file("[route]\nfax = \"a\"");
  EXPECT_THAT(refusal(), HasSubstr("unknown key \"route.fax\""));
}

TEST_F(TomlSettings, WithAProvidersUnknownFieldAreRefusedWithTheKnownOnes) {
  file("[provider.email]\neror_pct = 1");
  EXPECT_THAT(refusal(), HasSubstr("unknown key \"eror_pct\" in [provider.email]; did you mean error_pct?"));
  file("[provider.email]\nwindow = 1");
  EXPECT_THAT(refusal(), HasSubstr("known are timeout_pct error_pct ratelimit_pct seed config"));
}

TEST_F(TomlSettings, WithAFieldOfAllProvidersInTheTableAreRefusedWithTheRightName) {
  file("[provider]\nerror_pct = 10");
  EXPECT_THAT(refusal(), HasSubstr("did you mean provider_error_pct?"));
}

TEST_F(TomlSettings, ThatHoldControlCharactersAreRefusedWithoutThem) {
  for (const char* text : {"port = t\x1C 8080", "[provider.\"a\\u001b[0m\"]\nseed = 1", "\"a\\u009b\" = 1"}) {
    file(text);
    const auto shown = refusal();
    EXPECT_EQ(shown.find_first_of("\x1B\x1C\x9B"), std::string::npos) << shown;
  }
}

TEST_F(TomlSettings, WithANameThatCanBeNoProvidersAreRefused) {
  file("[provider.sms_mms]\nseed = 1");
  EXPECT_THAT(refusal(), HasSubstr("found the name \"sms_mms\", expected a provider's name"));
}

TEST_F(TomlSettings, WithAValueWhereATableBelongsAreRefused) {
  file("route = \"sms-mms\"\nprovider = 1");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("write [route]"), HasSubstr("write [provider.<name>]")));
}

TEST_F(TomlSettings, CannotNameAFurtherFile) {
  file("config = \"other.toml\"");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("\"config\" cannot stand in the file"), HasSubstr("--config")));
}

TEST_F(TomlSettings, ThatCannotBeReadAreRefusedBesideTheOtherFaults) {
  flags({"--config", "gone.toml", "--port", "x"});
  EXPECT_THAT(refusal(), AllOf(HasSubstr("no such file: gone.toml"), HasSubstr("port: found \"x\"")));
}

class ProviderConfiguration : public SettingsTest {};

TEST_F(ProviderConfiguration, BecomesAJsonObjectOfEveryType) {
  file(R"(
[provider.smtp.config]
server = "mail.example.com"
port = 587
share = 0.5
tls = true
tags = ["a", 1, { b = 2 }]
since = 2026-01-02T03:04:05Z
[provider.smtp.config.login]
user = "jo"
)");
  EXPECT_EQ(loaded().providers.provider_config.at("smtp"),
            R"({"login":{"user":"jo"},"port":587,"server":"mail.example.com","share":0.5,)"
            R"("since":"2026-01-02T03:04:05Z","tags":["a",1,{"b":2}],"tls":true})");
}

TEST_F(ProviderConfiguration, RefusesWhatJsonCannotSay) {
  file("[provider.smtp.config]\nshare = nan");
  EXPECT_THAT(refusal(), HasSubstr("provider.smtp.config: found"));
}

TEST_F(ProviderConfiguration, InAVariableIsRefusedWhenItIsNoJsonObjectAndNeverShown) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"hunter2", "not JSON"},
      {R"({"password": "hunter2")", "not JSON"},
      {R"({"password": "hunter2"} x)", "not JSON"},
      {R"(["hunter2"])", "no object"},
      {R"("hunter2")", "no object"},
      {"{\"hunter2\":" + std::string(100, '[') + std::string(100, ']') + "}", "deeper than 64"},
  };
  for (const auto& entry : cases) {
    variable("API_PROVIDER_SMTP_CONFIG", entry.first);
    EXPECT_THAT(refusal(),
                AllOf(HasSubstr("provider.smtp.config"), HasSubstr(entry.second), Not(HasSubstr("hunter2"))));
  }
}

}  // namespace
}  // namespace herald::config
