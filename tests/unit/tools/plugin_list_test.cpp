#include "tools/plugin_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace herald::tools {
namespace {

using domain::Channel;
using domain::ProviderInfo;
using domain::ProviderState;
using ::testing::HasSubstr;
using ::testing::Not;

ProviderInfo loaded() {
  ProviderInfo plugin;
  plugin.name = "sms-mms";
  plugin.version = "1.2.3";
  plugin.channels = {Channel::kSms, Channel::kMms};
  plugin.file_name = "sms_mms.so";
  plugin.sdk_version = "0.1.0";
  plugin.abi_version = "1.0";
  plugin.state = ProviderState::kActive;
  return plugin;
}

ProviderInfo refused() {
  ProviderInfo plugin;
  plugin.name = "broken.so";
  plugin.file_name = "broken.so";
  plugin.state = ProviderState::kRefused;
  plugin.reason = "found text, expected a shared library";
  return plugin;
}

TEST(PluginTable, ShowsWhatIsLoadedAndWhyTheRestIsNot) {
  EXPECT_EQ(plugin_table({loaded(), refused()}, "plugins"),
            "NAME       VERSION  CHANNELS  STATE    FILE        REASON\n"
            "sms-mms    1.2.3    sms,mms   active   sms_mms.so  -\n"
            "broken.so  -        -         refused  broken.so   found text, expected a shared library\n");
}

TEST(PluginTable, SaysSoWhenTheFolderHoldsNone) {
  EXPECT_EQ(plugin_table({}, "/some/where"), "no plugin (*.so) in /some/where\n");
}

TEST(PluginTable, AlignsByCharacters) {
  ProviderInfo accented = refused();
  accented.name = accented.file_name = "é.so";
  EXPECT_THAT(plugin_table({accented, loaded()}, "plugins"), HasSubstr("é.so     -        -         refused  é.so"));
}

TEST(PluginTable, LetsNoControlCharacterReachTheTerminal) {
  ProviderInfo hostile = refused();
  hostile.name = hostile.file_name = "\x1b[2J.so";
  hostile.reason = "a\nb";
  const std::string table = plugin_table({hostile}, "plugins");
  EXPECT_THAT(table, Not(HasSubstr("\x1b")));
  EXPECT_THAT(table, HasSubstr("a\\nb\n"));
}

TEST(PluginJson, HasAnItemForEveryFile) {
  const auto document = nlohmann::json::parse(plugin_json({loaded(), refused()}));
  const nlohmann::json expected_loaded{{"name", "sms-mms"},   {"version", "1.2.3"},        {"channels", {"sms", "mms"}},
                                       {"state", "active"},   {"file_name", "sms_mms.so"}, {"sdk_version", "0.1.0"},
                                       {"abi_version", "1.0"}};
  ASSERT_EQ(document.at("items").size(), 2U);
  EXPECT_EQ(document.at("items").at(0), expected_loaded);
  EXPECT_EQ(document.at("items").at(1).at("reason"), "found text, expected a shared library");
  EXPECT_EQ(document.at("items").at(1).at("channels"), nlohmann::json::array());
}

TEST(PluginJson, IsAnEmptyListWhenThereIsNone) {
  EXPECT_EQ(nlohmann::json::parse(plugin_json({})), (nlohmann::json{{"items", nlohmann::json::array()}}));
}

TEST(PluginJson, StaysJsonWhenAFilesNameIsNoUtf8) {
  ProviderInfo odd = refused();
  odd.file_name = "\xFF.so";
  EXPECT_EQ(nlohmann::json::parse(plugin_json({odd})).at("items").at(0).at("file_name"), "\xEF\xBF\xBD.so");
}

}  // namespace
}  // namespace herald::tools
