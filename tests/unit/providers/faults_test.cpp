#include "providers/faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace herald::providers {
namespace {

class Faults : public testing::Test {
 protected:
  Options options_;
};

TEST_F(Faults, AreNoneUnlessSet) {
  const auto profile = effective_faults(options_, "email").value();
  EXPECT_EQ(profile.timeout_pct, 0U);
  EXPECT_EQ(profile.error_pct, 0U);
  EXPECT_EQ(profile.ratelimit_pct, 0U);
  EXPECT_EQ(profile.seed, std::nullopt);
}

TEST_F(Faults, OfAProviderOverrideTheGlobalOnesFieldByField) {
  options_.faults = {10, 20, 30, 7};
  options_.provider_faults["email"].error_pct = 0;
  options_.provider_faults["email"].seed = 8;
  const auto email = effective_faults(options_, "email").value();
  EXPECT_EQ(email.timeout_pct, 10U);
  EXPECT_EQ(email.error_pct, 0U);
  EXPECT_EQ(email.ratelimit_pct, 30U);
  EXPECT_EQ(email.seed, 8U);
  EXPECT_EQ(effective_faults(options_, "sms-mms").value().error_pct, 20U);
}

TEST_F(Faults, MayComeToAHundredAndNotMore) {
  options_.faults = {50, 50, 0, std::nullopt};
  EXPECT_TRUE(effective_faults(options_, "sms-mms").has_value());
  options_.provider_faults["sms-mms"].ratelimit_pct = 1;
  const auto refused = effective_faults(options_, "sms-mms");
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, testing::HasSubstr("API_PROVIDER_TIMEOUT_PCT=50, API_PROVIDER_ERROR_PCT=50, "
                                                          "API_PROVIDER_SMS_MMS_RATELIMIT_PCT=1) come to 101"));
}

TEST_F(Faults, DoNotWrapAround) {
  options_.faults = {4'294'967'295U, 101, 0, std::nullopt};
  EXPECT_FALSE(effective_faults(options_, "email").has_value());
}

class ChangedFaults : public testing::Test {
 protected:
  std::string refusal() const {
    const auto checked = check_faults(settings_, {"email", "sms-mms"});
    return checked ? "" : checked.error().message;
  }

  domain::FaultSettings settings_{{10, 20, 30, 7}, {}};
};

TEST_F(ChangedFaults, OfAProviderOverrideTheGlobalOnes) {
  settings_.providers["email"].error_pct = 0;
  EXPECT_EQ(refusal(), "");
  const auto email = effective_faults(settings_, "email").value();
  EXPECT_EQ(email.timeout_pct, 10U);
  EXPECT_EQ(email.error_pct, 0U);
  EXPECT_EQ(email.seed, 7U);
}

TEST_F(ChangedFaults, AreRefusedForANameThatInjectsNone) {
  settings_.providers["pigeon"].error_pct = 1;
  EXPECT_EQ(refusal(), "/providers/pigeon: no provider of this name injects faults; those that do: email, sms-mms");
}

TEST_F(ChangedFaults, NameTheFieldsThatComeToMoreThanAHundred) {
  settings_.providers["email"].error_pct = 61;
  EXPECT_EQ(refusal(),
            "the percentages in force for email (/timeout_pct=10, /providers/email/error_pct=61, /ratelimit_pct=30) "
            "come to 101, expected at most 100 together");
}

TEST_F(ChangedFaults, AreRefusedWhenTheGlobalOnesAloneComeToMoreThanAHundred) {
  settings_.global = {100, 1, 0, std::nullopt};
  for (const char* name : {"email", "sms-mms"})
    settings_.providers[name] = {0, 0, 0, std::nullopt};
  EXPECT_THAT(refusal(), testing::HasSubstr("in force for all providers"));
}

TEST_F(ChangedFaults, BeginAsTheSettingsSay) {
  Options options;
  options.faults.error_pct = 5;
  options.provider_faults["email"].seed = 3;
  const auto settings = fault_settings(options);
  EXPECT_EQ(settings.global.error_pct, 5U);
  EXPECT_EQ(settings.global.timeout_pct, 0U);  // a client sees every percentage
  EXPECT_EQ(settings.providers.at("email").seed, 3U);
}

}  // namespace
}  // namespace herald::providers
