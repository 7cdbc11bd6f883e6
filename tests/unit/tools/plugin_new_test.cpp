#include "tools/plugin_new.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_dir.h"
#include "tools/plugin_template.h"
#include "tools/run.h"

namespace herald::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Arguments = std::vector<std::string>;

class PluginNew : public ::testing::Test {
 protected:
  int herald_plugin_new(Arguments arguments) {
    out_.str({});
    err_.str({});
    return new_plugin(arguments, folder_ / "bin" / "herald", out_, err_);
  }
  int begin(const std::string& name, const std::string& channels) {
    return herald_plugin_new({name, "--channels", channels, "--dir", place(name).string()});
  }
  std::filesystem::path place(const std::string& name) const { return folder_ / name; }
  static std::string content(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  test::TempDir folder_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(PluginNew, WritesTheTemplateUnchangedUnderItsOwnName) {
  ASSERT_EQ(begin("template", "sms"), kDone) << err_.str();
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(HERALD_TEMPLATE_FOLDER)) {
    EXPECT_EQ(content(place("template") / file.path().filename()), content(file.path())) << file.path();
    ++count;
  }
  EXPECT_EQ(count, plugin_template().size());
}

TEST_F(PluginNew, NamesThePluginEverywhere) {
  ASSERT_EQ(begin("acme-2-go", "sms"), kDone) << err_.str();
  for (const auto& file : plugin_template()) {
    const auto text = content(place("acme-2-go") / file.name);
    EXPECT_THAT(text, Not(HasSubstr("emplate"))) << file.name;
  }
  EXPECT_THAT(content(place("acme-2-go") / "provider.cpp"),
              HasSubstr("HERALD_PLUGIN(Acme2Go, \"acme-2-go\", \"0.1.0\", \"sms\");"));
}

TEST_F(PluginNew, TakesChannelsInTheOrderGiven) {
  ASSERT_EQ(begin("acme", "email,mms"), kDone) << err_.str();
  EXPECT_THAT(content(place("acme") / "provider.cpp"), HasSubstr("\"email\", \"mms\");"));
}

TEST_F(PluginNew, ShowsTheFirstMessageOfItsFirstChannel) {
  ASSERT_EQ(begin("a", "sms"), kDone);
  EXPECT_THAT(content(place("a") / "README.md"), HasSubstr(R"("type":"sms")"));
  ASSERT_EQ(begin("b", "mms,email"), kDone);
  EXPECT_THAT(content(place("b") / "README.md"), HasSubstr(R"("type":"mms")"));
  ASSERT_EQ(begin("c", "email,sms"), kDone);
  EXPECT_THAT(content(place("c") / "README.md"), HasSubstr("/api/messages/email"));
  EXPECT_THAT(content(place("c") / "README.md"), Not(HasSubstr("/api/messages/sms")));
}

TEST_F(PluginNew, IsPlacedInAFolderOfItsNameUnlessToldOtherwise) {
  EXPECT_EQ(parse_new_plugin({"acme", "--channels", "sms"})->folder, "acme");
  EXPECT_EQ(parse_new_plugin({"--dir=x/y", "--channels=sms", "acme"})->folder, "x/y");
  ASSERT_EQ(herald_plugin_new({"acme", "--channels", "sms", "--dir", (folder_ / "x" / "y").string()}), kDone);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "x" / "y" / "provider.cpp"));
}

TEST_F(PluginNew, RefusesANameThatNoPluginMayHave) {
  for (const std::string name : {"Acme", "9lives", "acme_sms", "a.b", "../acme", "acme sms", "\xC3\xA9"})
    EXPECT_EQ(begin(name, "sms"), kWrongUsage) << name;
  EXPECT_EQ(begin("a23456789012345678901234567890123", "sms"), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("1 to 32 of a-z, 0-9 and '-'"));
  EXPECT_EQ(begin("a2345678901234567890123456789012", "sms"), kDone) << err_.str();
}

TEST_F(PluginNew, RefusesTheNameOfAMock) {
  EXPECT_EQ(begin("sms-mms", "sms"), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("mock"));
  EXPECT_EQ(begin("email", "email"), kWrongUsage);
}

TEST_F(PluginNew, RefusesAFlagThatIsGivenTwice) {
  EXPECT_EQ(herald_plugin_new({"acme", "--channels", "sms", "--channels", "email"}), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("--channels is given twice; give it once, with commas between"));
  EXPECT_EQ(herald_plugin_new({"acme", "--dir", "a", "--channels", "sms", "--dir=b"}), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("--dir is given twice; give it once;"));
}

TEST_F(PluginNew, RefusesChannelsThatAreNone) {
  EXPECT_EQ(begin("acme", "sms,emial"), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("\"emial\" is no channel"));
  EXPECT_THAT(err_.str(), HasSubstr("did you mean email?"));
  for (const char* list : {"", ",", "sms,", "SMS", "sms,sms", "sms;mms"})
    EXPECT_EQ(begin("acme", list), kWrongUsage) << list;
}

TEST_F(PluginNew, RefusesACommandLineThatIsIncompleteOrTooLong) {
  EXPECT_EQ(herald_plugin_new({}), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("needs a name"));
  EXPECT_EQ(herald_plugin_new({"acme"}), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("needs --channels"));
  EXPECT_EQ(herald_plugin_new({"acme", "--channels"}), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("--channels without a value"));
  EXPECT_EQ(herald_plugin_new({"acme", "other", "--channels", "sms"}), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("\"other\""));
  EXPECT_EQ(herald_plugin_new({"acme", "--chanels", "sms"}), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("did you mean --channels?"));
}

TEST_F(PluginNew, LeavesAFolderThatIsNotEmptyAsItIs) {
  std::filesystem::create_directory(place("acme"));
  std::ofstream(place("acme") / "provider.cpp") << "mine";
  EXPECT_EQ(begin("acme", "sms"), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("is not empty"));
  EXPECT_EQ(content(place("acme") / "provider.cpp"), "mine");
  EXPECT_FALSE(std::filesystem::exists(place("acme") / "README.md"));
}

TEST_F(PluginNew, WritesIntoAnEmptyFolder) {
  std::filesystem::create_directory(place("acme"));
  EXPECT_EQ(begin("acme", "sms"), kDone) << err_.str();
}

TEST_F(PluginNew, RefusesAFileInTheFoldersPlace) {
  std::ofstream(place("acme")) << "mine";
  EXPECT_EQ(begin("acme", "sms"), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("is no folder"));
  EXPECT_EQ(content(place("acme")), "mine");
}

TEST_F(PluginNew, RefusesALinkToNothingInTheFoldersPlace) {
  std::filesystem::create_symlink(folder_ / "nowhere", place("acme"));
  EXPECT_EQ(begin("acme", "sms"), kWrongUsage);
  EXPECT_THAT(err_.str(), HasSubstr("is a symbolic link to nothing"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "nowhere"));
}

TEST_F(PluginNew, SaysWhyAFolderCannotBeWritten) {
  // /proc refuses everyone, also root.
  EXPECT_EQ(herald_plugin_new({"acme", "--channels", "sms", "--dir", "/proc/acme"}), kFailed);
  EXPECT_THAT(err_.str(), HasSubstr("\"/proc/acme\" cannot be written"));
  EXPECT_THAT(err_.str(), HasSubstr("--dir"));
  EXPECT_THAT(out_.str(), IsEmpty());
}

TEST_F(PluginNew, TellsWhereTheSdkOfItsBuildOrInstallationIs) {
  EXPECT_EQ(own_sdk_dir(folder_ / "bin" / "herald"), "");
  ASSERT_EQ(begin("a", "sms"), kDone);
  EXPECT_THAT(out_.str(), HasSubstr("No SDK stands beside this program"));
  std::filesystem::create_directories(folder_ / "bin" / "sdk");
  std::ofstream(folder_ / "bin" / "sdk" / "HeraldSdkConfig.cmake") << "";
  EXPECT_EQ(own_sdk_dir(folder_ / "bin" / "herald"), folder_ / "bin" / "sdk");
  ASSERT_EQ(begin("b", "sms"), kDone);
  EXPECT_THAT(out_.str(), HasSubstr("-DHeraldSdk_DIR='" + (folder_ / "bin" / "sdk").string() + "'"));
}

}  // namespace
}  // namespace herald::tools
