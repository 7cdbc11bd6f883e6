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

}  // namespace
}  // namespace herald::providers
