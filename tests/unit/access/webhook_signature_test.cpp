#include "access/webhook_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/manual_clock.h"

namespace herald::access {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kOtherSecret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
constexpr std::string_view kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::string_view kTimestamp = "1767225600";  // ManualClock's start
constexpr std::string_view kBody = R"({"test": 2432232314})";
// Made with Python's hmac, hashlib and base64.
constexpr std::string_view kSignature = "v1,YSwK2bI0/fTjbuD95nH0ZSZU7yo17QILDx7MiooXT6c=";

class Signature : public ::testing::Test {
 protected:
  SignatureVerdict verify(const SignatureFields& fields, std::string_view body = kBody) const {
    return secrets_.verify(fields, body, clock_.wall());
  }
  std::optional<SignatureFault> fault(const SignatureFields& fields, std::string_view body = kBody) const {
    const auto verdict = verify(fields, body);
    return verdict ? std::nullopt : std::optional(verdict.error());
  }
  void use(const std::string& file) {
    auto parsed = WebhookSecrets::parse(file);
    ASSERT_TRUE(parsed) << parsed.error().message;
    secrets_ = *std::move(parsed);
  }
  void SetUp() override { use(std::string(kSecret) + "\n"); }

  test::ManualClock clock_;
  WebhookSecrets secrets_;
  const SignatureFields sound_{kId, kTimestamp, kSignature};
};

TEST_F(Signature, IsThatOfStandardWebhooks) {
  const auto verdict = verify(sound_);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(*verdict, test::ManualClock::kStart);
}

TEST_F(Signature, CoversIdTimeAndBody) {
  EXPECT_EQ(fault({"msg_other", kTimestamp, kSignature}), SignatureFault::kMismatch);
  EXPECT_EQ(fault({kId, "1767225601", kSignature}), SignatureFault::kMismatch);
  EXPECT_EQ(fault(sound_, R"({"test": 2432232315})"), SignatureFault::kMismatch);
  EXPECT_EQ(fault(sound_, ""), SignatureFault::kMismatch);
}

TEST_F(Signature, MayStandAmongOthers) {
  const auto several = "v1,AAAA v1a,xyz " + std::string(kSignature) + " v2,abc";
  EXPECT_FALSE(fault({kId, kTimestamp, several}));
}

TEST_F(Signature, IsMissingOrWrongInEveryOtherForm) {
  const std::string plain(kSignature.substr(3));
  for (const auto& text : {plain, "v2," + plain, "V1," + plain, "v1," + plain.substr(1), std::string("v1,"),
                           std::string(" "), "v1," + plain + ",", std::string(16'384, ' ')})
    EXPECT_EQ(fault({kId, kTimestamp, text}), SignatureFault::kMismatch) << text.substr(0, 80);
  EXPECT_EQ(fault({kId, kTimestamp, ""}), SignatureFault::kMissing);
  for (const auto& id : {std::string(), std::string("a b"), std::string("a\n"), std::string(256, 'x')})
    EXPECT_EQ(fault({id, kTimestamp, kSignature}), SignatureFault::kMissing);
  for (const char* time : {"", "-1", "+1767225600", "1767225600.0", "now", "0x1", "99999999999999999999"})
    EXPECT_EQ(fault({kId, time, kSignature}), SignatureFault::kMissing) << time;
}

TEST_F(Signature, HoldsForFiveMinutesEitherWay) {
  clock_.jump_wall(std::chrono::minutes{5});
  EXPECT_FALSE(fault(sound_));
  clock_.jump_wall(std::chrono::milliseconds{1});
  EXPECT_EQ(fault(sound_), SignatureFault::kTooOld);
  clock_.jump_wall(-std::chrono::minutes{10} - std::chrono::milliseconds{1});
  EXPECT_FALSE(fault(sound_));
  clock_.jump_wall(-std::chrono::milliseconds{1});
  EXPECT_EQ(fault(sound_), SignatureFault::kTooNew);
}

TEST_F(Signature, MayBeMadeWithAnySecretWhileTheyAreExchanged) {
  use("# the new one\n" + std::string(kOtherSecret) + "\n\n# the old one\n" + kSecret);
  EXPECT_FALSE(fault(sound_));
  use(std::string(kOtherSecret) + "\n");
  EXPECT_EQ(fault(sound_), SignatureFault::kMismatch);
}

TEST_F(Signature, IsNeverGoodWithoutAnySecret) {
  use("# none yet\n");
  EXPECT_TRUE(secrets_.empty());
  EXPECT_EQ(fault(sound_), SignatureFault::kMismatch);
}

TEST_F(Signature, HasSecretsOfASoundForm) {
  for (const char* text : {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_MfKQ9r8G", "whsec_no-base-64!",
                           " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
    const auto parsed = WebhookSecrets::parse("#\n" + std::string(text) + "\n");
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr("line 2:"));
    EXPECT_THAT(parsed.error().message, Not(HasSubstr("MfKQ"))) << "no message shows a secret";
  }
}

}  // namespace
}  // namespace herald::access
