#include "unit/config/sources.h"

namespace herald::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class EnvironmentSettings : public SettingsTest {};

TEST_F(EnvironmentSettings, TakeThePortFromPlatformsThatSetPort) {
  variable("PORT", "5000");
  EXPECT_EQ(loaded().http.port, 5000);
  EXPECT_EQ(origin("port"), "5000 (env:PORT)");
}

TEST_F(EnvironmentSettings, PreferTheOwnNameToTheAliasAndSaySo) {
  variable("PORT", "5000");
  variable("API_PORT", "6000");
  EXPECT_EQ(loaded().http.port, 6000);
  EXPECT_THAT(warnings(), AllOf(HasSubstr("PORT is ignored"), HasSubstr("API_PORT")));
}

TEST_F(EnvironmentSettings, SayNothingOfAnAliasThatAgrees) {
  variable("PORT", "5000");
  variable("API_PORT", "5000");
  EXPECT_EQ(warnings(), "");
}

TEST_F(EnvironmentSettings, KnowTheQueuesBoundByItsOtherName) {
  variable("API_MAX_QUEUE", "77");
  EXPECT_EQ(loaded().store.queue_max, 77U);
  EXPECT_EQ(warnings(), "");
}

TEST_F(EnvironmentSettings, TakeAnEmptyVariableAsUnset) {
  variable("API_PORT", "");
  variable("PORT", "5000");
  variable("API_PROVIDER_EMAIL_SEED", "");
  variable("API_UNHEARD_OF", "");
  EXPECT_EQ(loaded().http.port, 5000);
  EXPECT_TRUE(loaded().providers.provider_faults.empty());
  EXPECT_EQ(warnings(), "");
}

TEST_F(EnvironmentSettings, TakeBlanksAsAValueAndRefuseThem) {
  variable("API_PORT", " ");
  EXPECT_THAT(refusal(), HasSubstr("port: found \" \" (environment variable API_PORT)"));
}

TEST_F(EnvironmentSettings, WarnOfAnUnknownNameButNeverShowItsValue) {
  variable("API_TOKEN_OF_ANOTHER_PROGRAM", "hunter2");
  EXPECT_THAT(warnings(), AllOf(HasSubstr("API_TOKEN_OF_ANOTHER_PROGRAM"), Not(HasSubstr("hunter2"))));
}

TEST_F(EnvironmentSettings, GuessWhatASlipWasMeantFor) {
  variable("API_BREAKER_OPEN_SEC", "5");
  EXPECT_THAT(warnings(), HasSubstr("did you mean API_BREAKER_OPEN_SECS?"));
}

TEST_F(EnvironmentSettings, LeaveOtherNamesAlone) {
  variable("PATH", "/bin");
  variable("APIPORT", "1");
  variable("api_port", "1");
  EXPECT_EQ(warnings(), "");
  EXPECT_EQ(loaded().http.port, 8080);
}

TEST_F(EnvironmentSettings, NameTheFilesThatAccessNeeds) {
  variable("API_KEYS_FILE", "/etc/herald/keys");
  variable("API_WEBHOOK_SECRETS_FILE", "/etc/herald/webhooks");
  variable("API_TRUSTED_PROXIES", "10.0.0.0/8, ::1");
  variable("API_WEBHOOK_KEYS", "off");
  const auto access = loaded().access;
  EXPECT_EQ(access.keys_file, "/etc/herald/keys");
  EXPECT_EQ(access.webhook_secrets_file, "/etc/herald/webhooks");
  EXPECT_EQ(access.trusted_proxies, "10.0.0.0/8, ::1");
  EXPECT_FALSE(access.webhook_keys);
  EXPECT_FALSE(access.insecure);
}

class ProviderVariables : public SettingsTest {};

TEST_F(ProviderVariables, SetAllProviders) {
  variable("API_PROVIDER_TIMEOUT_PCT", "10");
  variable("API_PROVIDER_ERROR_PCT", "20");
  variable("API_PROVIDER_RATELIMIT_PCT", "30");
  variable("API_PROVIDER_SEED", "18446744073709551615");
  const auto faults = loaded().providers.faults;
  EXPECT_EQ(faults.timeout_pct, 10U);
  EXPECT_EQ(faults.error_pct, 20U);
  EXPECT_EQ(faults.ratelimit_pct, 30U);
  EXPECT_EQ(faults.seed, 18'446'744'073'709'551'615U);
  EXPECT_TRUE(loaded().providers.provider_faults.empty());
}

TEST_F(ProviderVariables, NameAProviderWithUnderscoresForItsDashes) {
  variable("API_PROVIDER_SMS_MMS_SEED", "7");
  variable("API_PROVIDER_A_B_C9_ERROR_PCT", "8");
  const auto faults = loaded().providers.provider_faults;
  EXPECT_EQ(faults.at("sms-mms").seed, 7U);
  EXPECT_EQ(faults.at("a-b-c9").error_pct, 8U);
  EXPECT_EQ(warnings(), "");
}

TEST_F(ProviderVariables, SetOneFieldAndLeaveTheOthersUnset) {
  variable("API_PROVIDER_EMAIL_TIMEOUT_PCT", "10");
  const auto email = loaded().providers.provider_faults.at("email");
  EXPECT_EQ(email.timeout_pct, 10U);
  EXPECT_FALSE(email.error_pct || email.ratelimit_pct || email.seed);
}

TEST_F(ProviderVariables, AreUnknownWhereTheNameCouldBeNoProviders) {
  for (const char* name : {"API_PROVIDER__ERROR_PCT", "API_PROVIDER_9X_ERROR_PCT", "API_PROVIDER_email_ERROR_PCT",
                           "API_PROVIDER_E-MAIL_ERROR_PCT", "API_PROVIDER_EMAIL_EROR_PCT", "API_PROVIDER_EMAIL",
                           "API_PROVIDER_A2345678901234567890123456789012X_SEED"}) {
    sources_.environment = {{name, "7"}};
    EXPECT_THAT(warnings(), HasSubstr(name));
    EXPECT_TRUE(loaded().providers.provider_faults.empty()) << name;
  }
}

}  // namespace
}  // namespace herald::config
