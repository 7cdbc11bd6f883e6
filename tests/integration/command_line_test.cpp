// The command line of the real binary.
#include "integration/running_host.h"

namespace herald::test {
namespace {

class CommandLine : public ::testing::Test {
 protected:
  Finished run(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment = {}) {
    return run_herald(arguments, environment, folder_.path());
  }

 private:
  TempDir folder_;
};

TEST_F(CommandLine, TellsItsVersion) {
  const auto finished = run({"--version"});
  EXPECT_EQ(finished.exit.code, 0);
  EXPECT_EQ(finished.out.rfind("herald ", 0), 0U) << finished.out;
}

TEST_F(CommandLine, ExplainsItself) {
  const auto finished = run({"--help"});
  EXPECT_EQ(finished.exit.code, 0);
  for (const char* word : {"serve", "plugin", "API_PORT", "--config"}) {
    EXPECT_NE(finished.out.find(word), std::string::npos) << word;
  }
}

TEST_F(CommandLine, ListsThePluginsWithoutServing) {
  const auto finished = run({"plugin", "list"});
  EXPECT_EQ(finished.exit.code, 0) << finished.err;
  EXPECT_NE(finished.out.find("sms-mms"), std::string::npos) << finished.out;
  EXPECT_NE(finished.out.find("email"), std::string::npos) << finished.out;
}

TEST_F(CommandLine, RefusesABadSettingWithItsNameValueAndRange) {
  const auto finished = run({"serve"}, {{"API_PORT", "99999"}});
  EXPECT_EQ(finished.exit.code, 2);
  for (const char* part : {"API_PORT", "99999", "65535"}) {
    EXPECT_NE(finished.err.find(part), std::string::npos) << finished.err;
  }
}

TEST_F(CommandLine, RefusesAnUnknownFlag) {
  const auto finished = run({"serve", "--prot", "8080"});
  EXPECT_EQ(finished.exit.code, 2);
  EXPECT_NE(finished.err.find("--prot"), std::string::npos) << finished.err;
}

TEST_F(CommandLine, RefusesAPortThatIsTaken) {
  const TempDir folder;
  HostProcess first(HostSetup{folder / "first", {}, {}});
  first.wait_until_listening();
  HostProcess second(HostSetup{folder / "second", {{"API_PORT", std::to_string(first.port())}}, {}});
  EXPECT_EQ(second.wait_for_exit().code, 1);
  EXPECT_NE(second.raw_log().find(std::to_string(first.port())), std::string::npos) << second.raw_log();
}

}  // namespace
}  // namespace herald::test
