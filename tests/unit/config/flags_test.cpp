#include "unit/config/sources.h"

namespace herald::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Flags : public SettingsTest {};

TEST_F(Flags, TakeTheirValueBehindABlankOrAnEqualsSign) {
  flags({"--port", "81", "--host=::1", "--data-dir=a=b"});
  EXPECT_EQ(loaded().http.port, 81);
  EXPECT_EQ(loaded().http.host, "::1");
  EXPECT_EQ(loaded().store.data_dir, "a=b");
}

TEST_F(Flags, TakeAValueThatStartsWithDashesBehindAnEqualsSignOnly) {
  flags({"--data-dir=--odd"});
  EXPECT_EQ(loaded().store.data_dir, "--odd");
  sources_.flags = {"--data-dir", "--odd"};
  EXPECT_THAT(refusal(), AllOf(HasSubstr("--data-dir: found no value"), HasSubstr("--data-dir=value"),
                               HasSubstr("unknown flag \"--odd\"")));
}

TEST_F(Flags, NameOneProvider) {
  flags({"--provider-sms-mms-error-pct", "5", "--provider-email-seed=6", "--provider-error-pct", "7"});
  const auto settings = loaded();
  EXPECT_EQ(settings.providers.provider_faults.at("sms-mms").error_pct, 5U);
  EXPECT_EQ(settings.providers.provider_faults.at("email").seed, 6U);
  EXPECT_EQ(settings.providers.faults.error_pct, 7U);
}

TEST_F(Flags, RefuseAnUnknownNameAndGuessWhatItWasMeantFor) {
  flags({"--prot", "8080"});
  EXPECT_THAT(refusal(),
              AllOf(HasSubstr("unknown flag \"--prot\""), HasSubstr("did you mean --port?"), Not(HasSubstr("8080"))));
}

TEST_F(Flags, ReadTheUnderscoreFormAsASlip) {
  flags({"--log_level", "info"});
  EXPECT_THAT(refusal(), HasSubstr("did you mean --log-level?"));
}

TEST_F(Flags, PointToTheListWhenNothingIsNear) {
  flags({"--frobnicate"});
  EXPECT_THAT(refusal(), HasSubstr("`herald --help` lists all"));
}

TEST_F(Flags, TellTheFieldsOfAProviderWhenItsFieldIsUnknown) {
  flags({"--provider-email-colour-of-the-envelope", "5"});
  EXPECT_THAT(refusal(), HasSubstr("--provider-<name>-timeout-pct|error-pct|ratelimit-pct|seed|config"));
}

TEST_F(Flags, TurnASwitchOnThatIsOnlyNamed) {
  flags({"--insecure", "--dispatch", "off"});
  EXPECT_TRUE(loaded().access.insecure);
  EXPECT_FALSE(loaded().delivery.dispatch);
}

TEST_F(Flags, RefuseAMissingValueWithWhatIsAllowed) {
  flags({"--port"});
  EXPECT_THAT(refusal(), AllOf(HasSubstr("--port: found no value"), HasSubstr("0 to 65535")));
}

TEST_F(Flags, RefuseWhatIsNoFlag) {
  for (const char* argument : {"stray", "-p", "--", ""}) {
    sources_.flags = {argument};
    EXPECT_THAT(refusal(), HasSubstr("unexpected argument \"" + std::string(argument) + "\""));
  }
}

TEST_F(Flags, RefuseAnEmptyValue) {
  flags({"--data-dir="});
  EXPECT_THAT(refusal(), HasSubstr("data_dir: found \"\" (flag --data-dir), expected a path"));
}

}  // namespace
}  // namespace herald::config
