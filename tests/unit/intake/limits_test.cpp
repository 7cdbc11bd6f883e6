// The host's own limits, as a client of the intake meets them.
#include <chrono>

#include "unit/intake/intake_fixture.h"

namespace herald::intake {
namespace {

using Reason = Refusal::Reason;

class Limited : public IntakeTest {
 protected:
  Limited() : IntakeTest(quotas()) {}

  static Options quotas() {
    Options options;
    options.rate_limit_per_ip_per_min = 3;
    options.rate_limit_per_sender_per_min = 2;
    return options;
  }

  static Origin from_address(const char* address) { return {"req-1", address, std::nullopt}; }
  static SendRequest sms_from(const char* sender) {
    auto request = sms();
    request.from = sender;
    return request;
  }
};

TEST_F(Limited, TellsWhatIsLeftOfEachLimit) {
  const auto result = answer(sms());
  ASSERT_TRUE(result);
  ASSERT_EQ(result->limits.size(), 2U);
  EXPECT_EQ(result->limits[0].name, "ip");
  EXPECT_EQ(result->limits[0].quota, 3U);
  EXPECT_EQ(result->limits[0].remaining, 2U);
  EXPECT_EQ(result->limits[0].window, std::chrono::seconds{60});
  EXPECT_EQ(result->limits[0].reset, std::chrono::seconds{20});
  EXPECT_EQ(result->limits[1].name, "sender");
  EXPECT_EQ(result->limits[1].remaining, 1U);
  EXPECT_EQ(result->limits[1].reset, std::chrono::seconds{30});
}

TEST_F(Limited, RefusesASenderBeyondItsQuota) {
  ASSERT_TRUE(answer(sms()));
  ASSERT_TRUE(answer(sms()));
  const auto result = answer(sms());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, Reason::kRateLimited);
  ASSERT_EQ(result.error().limits.size(), 2U);
  EXPECT_EQ(result.error().limits[0].remaining, 1U) << "the address is not charged for what the sender may not";
  EXPECT_EQ(result.error().limits[0].retry_after, std::chrono::seconds{0});
  EXPECT_EQ(result.error().limits[1].remaining, 0U);
  EXPECT_EQ(result.error().limits[1].retry_after, std::chrono::seconds{30});
}

TEST_F(Limited, StoresNothingOfWhatItRefuses) {
  for (int i = 0; i < 5; ++i)
    answer(sms());
  EXPECT_EQ(store_.accepted().size(), 2U);
  EXPECT_EQ(metrics_.rate_limited.value(), 3U);
  EXPECT_EQ(metrics_.accepted.value(), 2U);
}

TEST_F(Limited, LetsThroughAgainInTime) {
  ASSERT_TRUE(answer(sms()));
  ASSERT_TRUE(answer(sms()));
  clock_.advance(std::chrono::seconds{30} - std::chrono::nanoseconds{1});
  EXPECT_EQ(refusal(sms()), Reason::kRateLimited);
  clock_.advance(std::chrono::nanoseconds{1});
  EXPECT_TRUE(answer(sms()));
}

TEST_F(Limited, DoesNotHeedTheWallClock) {
  ASSERT_TRUE(answer(sms()));
  ASSERT_TRUE(answer(sms()));
  clock_.jump_wall(std::chrono::hours{1});
  EXPECT_EQ(refusal(sms()), Reason::kRateLimited);
}

TEST_F(Limited, KnowsASenderByItsNormalisedForm) {
  ASSERT_TRUE(answer(sms_from("+12025550123")));
  ASSERT_TRUE(answer(sms_from("(202) 555-0123")));
  EXPECT_EQ(refusal(sms_from("202-555-0123")), Reason::kRateLimited);
}

TEST_F(Limited, CountsAnAddressOverAllSenders) {
  ASSERT_TRUE(answer(sms_from("+12025550101")));
  ASSERT_TRUE(answer(sms_from("+12025550102")));
  ASSERT_TRUE(answer(sms_from("+12025550103")));
  const auto result = answer(sms_from("+12025550104"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().limits[0].remaining, 0U);
  EXPECT_EQ(result.error().limits[1].remaining, 2U) << "the sender is not charged for what the address may not";
  EXPECT_TRUE(answer(sms_from("+12025550104"), from_address("192.0.2.2")));
}

TEST_F(Limited, ChargesNothingForWhatIsInvalid) {
  for (int i = 0; i < 5; ++i)
    answer(SendRequest{});
  EXPECT_EQ(answer(sms())->limits[0].remaining, 2U);
}

TEST_F(Limited, DoesNotHoldForCarriers) {
  for (int i = 0; i < 10; ++i) {
    auto message = inbound_sms();
    message.provider_message_id = "SM" + std::to_string(i);
    const auto result = answer(message);
    ASSERT_TRUE(result);
    EXPECT_TRUE(result->limits.empty());
  }
}

TEST_F(Limited, LogsNoAddress) {
  for (int i = 0; i < 3; ++i)
    answer(sms());
  ASSERT_EQ(log_.of("intake.rate_limited").size(), 1U);
  EXPECT_EQ(log_.of("intake.rate_limited")[0].level, observe::LogLevel::kDebug);
  EXPECT_FALSE(log_.mentions("2025550123"));
  EXPECT_FALSE(log_.mentions("192.0.2.1"));
}

class Unlimited : public IntakeTest {};

TEST_F(Unlimited, SaysNothingOfLimits) {
  const auto result = answer(sms());
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->limits.empty());
}

}  // namespace
}  // namespace herald::intake
