// The command line from its arguments to the exit status, with the verbs' work replaced.
#include "tools/run.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace herald::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Run : public ::testing::Test {
 protected:
  Run() {
    invocation_.executable = folder_ / "bin/herald";
    verbs_.serve = [this](const config::Settings& settings) {
      served_.push_back(settings);
      return serve_status_;
    };
    verbs_.list_plugins = [this](const config::Settings& settings) {
      listed_.push_back(settings);
      return plugins_;
    };
    verbs_.probe = [this](const std::string& file) {
      probed_.push_back(file);
      return kDone;
    };
  }

  int herald(std::vector<std::string> arguments) {
    invocation_.arguments = std::move(arguments);
    return run(invocation_, verbs_, out_, err_);
  }

  test::TempDir folder_;
  Invocation invocation_;
  Verbs verbs_;
  int serve_status_ = kDone;
  base::Result<std::vector<domain::ProviderInfo>> plugins_;
  std::vector<config::Settings> served_;
  std::vector<config::Settings> listed_;
  std::vector<std::string> probed_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(Run, ServesWithTheSettingsOfAllSources) {
  std::ofstream(folder_ / "herald.toml") << "host = \"::1\"\nport = 1\n";
  invocation_.environment = {{"API_PORT", "2"}, {"API_DEFAULT_REGION", "CH"}};
  EXPECT_EQ(herald({"serve", "--config", (folder_ / "herald.toml").string(), "--log-level", "off"}), kDone);
  ASSERT_EQ(served_.size(), 1U);
  EXPECT_EQ(served_[0].http.host, "::1");
  EXPECT_EQ(served_[0].http.port, 2);
  EXPECT_EQ(served_[0].intake.default_region, "CH");
  EXPECT_EQ(served_[0].observe.level, observe::LogLevel::kOff);
}

TEST_F(Run, PassesOnHowServingEnded) {
  serve_status_ = 1;
  EXPECT_EQ(herald({}), 1);
}

TEST_F(Run, FindsTheOwnPluginsBesideTheExecutable) {
  std::filesystem::create_directories(folder_ / "bin/plugins");
  herald({});
  ASSERT_EQ(served_.size(), 1U);
  EXPECT_EQ(served_[0].providers.plugin_dir, (folder_ / "bin/plugins").string());
}

TEST_F(Run, StartsNothingWithAWrongSetting) {
  invocation_.environment = {{"API_PORT", "99999"}, {"API_DEFAULT_REGION", "XX"}};
  EXPECT_EQ(herald({"--prot", "1"}), kWrongUsage);
  EXPECT_TRUE(served_.empty());
  EXPECT_THAT(out_.str(), IsEmpty());
  EXPECT_THAT(err_.str(), StartsWith("herald: the settings have 3 faults:\n"));
  for (const char* part : {"API_PORT", "99999", "65535", "--prot", "\"XX\""})
    EXPECT_THAT(err_.str(), HasSubstr(part));
}

TEST_F(Run, ServesNobodyBeyondLoopbackWithoutKeysUnlessToldTo) {
  for (const char* host : {"0.0.0.0", "::", "192.0.2.1", "my-host.example"}) {
    EXPECT_EQ(herald({"--host", host}), kWrongUsage) << host;
    EXPECT_THAT(err_.str(), HasSubstr("host: found \"" + std::string(host) + "\""));
  }
  EXPECT_THAT(err_.str(), HasSubstr("--insecure"));
  EXPECT_TRUE(served_.empty());
  EXPECT_EQ(herald({"--host", "0.0.0.0", "--insecure"}), kDone);
  EXPECT_EQ(herald({"--host", "0.0.0.0", "--keys-file", "keys"}), kDone);
  for (const char* host : {"127.0.0.1", "127.8.9.1", "::1", "localhost"})
    EXPECT_EQ(herald({"--host", host}), kDone) << host;
  EXPECT_EQ(served_.size(), 6U);
}

TEST_F(Run, ListsPluginsOfAHostThatWouldNotServe) {
  EXPECT_EQ(herald({"plugin", "list", "--host", "0.0.0.0"}), kDone);
}

TEST_F(Run, StartsNothingWithoutTheFileThatWasNamed) {
  EXPECT_EQ(herald({"--config", (folder_ / "gone.toml").string()}), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("there is no such file"));
  EXPECT_TRUE(served_.empty());
}

TEST_F(Run, RefusesAnUnknownCommand) {
  EXPECT_EQ(herald({"sevre"}), kWrongUsage);
  EXPECT_THAT(err_.str(), StartsWith("herald: unknown command"));
}

TEST_F(Run, ListsPlugins) {
  domain::ProviderInfo plugin;
  plugin.name = "email";
  plugins_ = std::vector{plugin};
  EXPECT_EQ(herald({"plugin", "list", "--plugin-dir", "here"}), kDone);
  EXPECT_THAT(out_.str(), HasSubstr("\nemail "));
  EXPECT_THAT(err_.str(), IsEmpty());
  ASSERT_EQ(listed_.size(), 1U);
  EXPECT_EQ(listed_[0].providers.plugin_dir, "here");
  EXPECT_TRUE(served_.empty());
}

TEST_F(Run, ListsPluginsAsJson) {
  EXPECT_EQ(herald({"plugin", "list", "--json"}), kDone);
  EXPECT_THAT(out_.str(), StartsWith("{\n  \"items\": []"));
}

TEST_F(Run, WarnsBesideTheListAndNotInIt) {
  invocation_.environment = {{"API_UNHEARD_OF", "1"}};
  EXPECT_EQ(herald({"plugin", "list"}), kDone);
  EXPECT_THAT(err_.str(), HasSubstr("API_UNHEARD_OF"));
  EXPECT_THAT(out_.str(), StartsWith("no plugin"));
}

TEST_F(Run, FailsWhenTheFolderCannotBeRead) {
  plugins_ = base::fail(base::ErrorCode::kNotFound, "no such folder");
  EXPECT_EQ(herald({"plugin", "list"}), kFailed);
  EXPECT_EQ(err_.str(), "herald: no such folder\n");
}

TEST_F(Run, ProbesWithoutLookingAtAnySetting) {
  invocation_.environment = {{"API_PORT", "99999"}};
  EXPECT_EQ(herald({"plugin-probe", "/a/b.so"}), kDone);
  EXPECT_EQ(probed_, std::vector<std::string>{"/a/b.so"});
}

TEST_F(Run, ExplainsItselfWithAnySettings) {
  invocation_.environment = {{"API_PORT", "99999"}};
  EXPECT_EQ(herald({"--help"}), kDone);
  for (const char* part : {"Examples", "serve", "plugin list", "API_PORT", "--config", "Exit status"}) {
    EXPECT_THAT(out_.str(), HasSubstr(part));
  }
  EXPECT_LT(out_.str().find("Examples"), out_.str().find("--config PATH")) << "a person reads the examples first";
  EXPECT_EQ(out_.str().find("plugin-probe"), std::string::npos) << "the probe is no command for people";
}

TEST_F(Run, ExplainsOneCommand) {
  EXPECT_EQ(herald({"serve", "--help"}), kDone);
  EXPECT_THAT(out_.str(), StartsWith("herald [serve]"));
  EXPECT_THAT(out_.str(), HasSubstr("API_PORT"));
  out_.str({});
  EXPECT_EQ(herald({"plugin", "--help"}), kDone);
  EXPECT_THAT(out_.str(), StartsWith("herald plugin list"));
}

TEST_F(Run, HelpFitsATerminal) {
  for (const char* verb : {"serve", "plugin", "bench", "key", "--help"})
    herald({verb, "--help"});
  std::istringstream lines(out_.str());
  std::string line;
  while (std::getline(lines, line))
    EXPECT_LE(line.size(), 100U) << line;
}

TEST_F(Run, TellsItsVersion) {
  EXPECT_EQ(herald({"--version"}), kDone);
  EXPECT_THAT(out_.str(), ::testing::MatchesRegex("herald [0-9]+\\.[0-9]+\\.[0-9]+ \\(plugin ABI 1\\.[0-9]+\\)\n"));
}

TEST_F(Run, FailsWhenItsOutputGoesNowhere) {
  out_.setstate(std::ios::badbit);
  EXPECT_EQ(herald({"--help"}), kFailed);
  EXPECT_THAT(err_.str(), HasSubstr("standard output"));
}

// The help text's own example of a file has to work.
TEST_F(Run, TheFileInTheHelpTextIsAccepted) {
  ASSERT_EQ(herald({"--help"}), kDone);
  std::istringstream lines(out_.str());
  std::ofstream file(folder_ / "example.toml");
  std::string line;
  bool inside = false;
  std::size_t taken = 0;
  while (std::getline(lines, line)) {
    if (line == "    port = 9000") inside = true;
    if (inside && !line.empty() && line.rfind("    ", 0) != 0) break;
    if (inside) file << line << "\n", ++taken;
  }
  file.close();
  ASSERT_GT(taken, 5U);
  EXPECT_EQ(herald({"--config", (folder_ / "example.toml").string()}), kDone) << err_.str();
  ASSERT_EQ(served_.size(), 1U);
  EXPECT_EQ(served_[0].providers.routes.at(domain::Channel::kSms), "sms-mms");
  EXPECT_EQ(served_[0].providers.provider_faults.at("email").error_pct, 10U);
}

}  // namespace
}  // namespace herald::tools
