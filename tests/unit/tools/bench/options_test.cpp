#include "tools/bench/options.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_dir.h"
#include "tools/bench/help.h"

namespace herald::tools::bench {
namespace {

using ::testing::HasSubstr;
using Arguments = std::vector<std::string>;

Options parsed(const Arguments& arguments) {
  const auto options = parse_options(arguments);
  if (!options) {
    ADD_FAILURE() << options.error().message;
    return {};
  }
  return *options;
}

std::string refusal(const Arguments& arguments) {
  const auto options = parse_options(arguments);
  EXPECT_FALSE(options) << "it is accepted";
  return options ? "" : options.error().message;
}

TEST(BenchOptions, SendsSmallMessagesToTheHostOnThisMachine) {
  const Options options = parsed({});
  EXPECT_EQ(options.target.url(), "http://127.0.0.1:8080/api/messages/sms");
  EXPECT_EQ(options.mix, Mix::kA);
  EXPECT_EQ(options.connections, 64U);
  EXPECT_FALSE(options.rate);
  EXPECT_EQ(options.duration, std::chrono::seconds{10});
}

TEST(BenchOptions, TakesEveryFlagInBothForms) {
  const Options options = parsed({"http://h:1/p", "--mix=b", "--connections", "7", "--rate=2.5", "--duration", "3",
                                  "--warmup=1", "--timeout", "4", "--seed=5", "--api-key", "secret", "--json=-"});
  EXPECT_EQ(options.target.url(), "http://h:1/p");
  EXPECT_EQ(options.mix, Mix::kB);
  EXPECT_EQ(options.connections, 7U);
  EXPECT_EQ(options.rate, 2.5);
  EXPECT_EQ(options.duration, std::chrono::seconds{3});
  EXPECT_EQ(options.warmup, std::chrono::seconds{1});
  EXPECT_EQ(options.timeout, std::chrono::seconds{4});
  EXPECT_EQ(options.seed, 5U);
  EXPECT_EQ(options.api_key, "secret");
  EXPECT_EQ(options.json, "-");
  EXPECT_EQ(parsed({"--requests", "9"}).requests, 9U);
}

TEST(BenchOptions, ReadsAKeyFromAFile) {
  const test::TempDir folder;
  std::ofstream(folder / "key") << "from-a-file\nsecond line\n";
  EXPECT_EQ(parsed({"--api-key", "@" + (folder / "key").string()}).api_key, "from-a-file");
  EXPECT_THAT(refusal({"--api-key", "@" + (folder / "none").string()}), HasSubstr("cannot be read"));
  EXPECT_THAT(refusal({"--api-key", "a\r\nX: y"}), HasSubstr("visible ASCII"));
}

TEST(BenchOptions, RefusesValuesOutOfRangeWithTheRange) {
  EXPECT_THAT(refusal({"--connections", "0"}), HasSubstr("from 1 to 10000"));
  EXPECT_THAT(refusal({"--connections", "10001"}), HasSubstr("from 1 to 10000"));
  EXPECT_THAT(refusal({"--connections", "1x"}), HasSubstr("\"1x\""));
  EXPECT_THAT(refusal({"--duration", "-1"}), HasSubstr("from 1 to 86400"));
  for (const char* rate : {"0", "-1", "nan", "inf", "1e9", "5/s"})
    EXPECT_THAT(refusal({"--rate", rate}), HasSubstr("from 0.01 to 1000000")) << rate;
  EXPECT_THAT(refusal({"--mix", "c"}), HasSubstr("expected a or b"));
  EXPECT_THAT(refusal({"--seed", "9007199254740992"}), HasSubstr("--seed"));
}

TEST(BenchOptions, RefusesWhatIsHalfSaid) {
  EXPECT_THAT(refusal({"--rate"}), HasSubstr("--rate needs a value"));
  EXPECT_THAT(refusal({"--json="}), HasSubstr("--json needs a value"));
  EXPECT_THAT(refusal({"--api-key="}), HasSubstr("--api-key needs a value"));
}

TEST(BenchOptions, RefusesWhatContradictsItself) {
  EXPECT_THAT(refusal({"--duration", "1", "--requests", "1"}), HasSubstr("expected one"));
  EXPECT_THAT(refusal({"--requests", "1", "--warmup", "1"}), HasSubstr("every request counts"));
  EXPECT_THAT(refusal({"http://h/p", "--get", "paths"}), HasSubstr("the URL has one too"));
  EXPECT_THAT(refusal({"http://a", "http://b"}), HasSubstr("one URL"));
}

TEST(BenchOptions, GuessesWhatASlipWasMeantFor) {
  EXPECT_THAT(refusal({"--conections", "3"}), HasSubstr("did you mean --connections?"));
  EXPECT_THAT(refusal({"--frobnicate"}), HasSubstr("unknown flag"));
}

TEST(BenchOptions, ExplainsEveryFlag) {
  for (const char* flag : {"--mix", "--get", "--connections", "--rate", "--duration", "--requests", "--warmup",
                           "--timeout", "--seed", "--api-key", "--json", "Exit status"})
    EXPECT_THAT(help_text(), HasSubstr(flag));
}

TEST(BenchTarget, TakesTheFormsOfAUrl) {
  EXPECT_EQ(parse_target("http://localhost")->url(), "http://localhost:80/");
  EXPECT_EQ(parse_target("http://localhost:8080")->port, 8080);
  EXPECT_EQ(parse_target("http://h/a/b?c=d")->path, "/a/b?c=d");
  EXPECT_EQ(parse_target("http://[::1]:81/x")->host, "::1");
  EXPECT_EQ(parse_target("http://[::1]:81/x")->authority(), "[::1]:81");
}

TEST(BenchTarget, RefusesWhatIsNoHttpUrl) {
  EXPECT_THAT(parse_target("https://h").error().message, HasSubstr("TLS"));
  EXPECT_THAT(parse_target("localhost:80").error().message, HasSubstr("does not begin with http://"));
  EXPECT_THAT(parse_target("http://").error().message, HasSubstr("names no host"));
  EXPECT_THAT(parse_target("http://:80").error().message, HasSubstr("names no host"));
  EXPECT_THAT(parse_target("http://[::1").error().message, HasSubstr("no ]"));
  EXPECT_THAT(parse_target("http://h#f").error().message, HasSubstr("fragment"));
  EXPECT_THAT(parse_target("http://u@h").error().message, HasSubstr("user"));
  EXPECT_THAT(parse_target("http://h/a b").error().message, HasSubstr("character"));
  for (const char* port : {"0", "65536", "", "8a", "-1"})
    EXPECT_THAT(parse_target("http://h:" + std::string(port)).error().message, HasSubstr("1 to 65535")) << port;
}

}  // namespace
}  // namespace herald::tools::bench
