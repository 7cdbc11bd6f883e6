#include "config/help.h"

#include <sstream>

#include "config/setting.h"
#include "unit/config/sources.h"

namespace herald::config {
namespace {

using ::testing::HasSubstr;

TEST(SettingsHelp, ListsEverySettingExactlyOnceWithItsVariableAndDefault) {
  const std::string help = settings_help();
  for (const auto& setting : all_settings()) {
    EXPECT_EQ(count_of(help, "\n  " + flag_name(setting) + " "), 1U) << setting.name;
    EXPECT_THAT(help, HasSubstr(environment_name(setting)));
  }
  for (const auto& field : provider_fields()) {
    EXPECT_EQ(count_of(help, "\n  --provider-<name>" + flag_name(field).substr(1) + " "), 1U) << field.name;
  }
}

TEST(SettingsHelp, TellsDefaultsRangesAndAliases) {
  const std::string help = settings_help();
  EXPECT_THAT(help, HasSubstr("Default 8080; allowed 0 to 65535."));
  EXPECT_THAT(help, HasSubstr("API_PORT, PORT\n"));
  EXPECT_THAT(help, HasSubstr("--durability power|process "));
  EXPECT_THAT(help, HasSubstr("--dispatch on|off "));
  EXPECT_THAT(help, HasSubstr("Default on."));
}

TEST(SettingsHelp, FitsATerminal) {
  std::istringstream lines(settings_help());
  std::string line;
  while (std::getline(lines, line)) {
    EXPECT_LE(line.size(), 100U) << line;
    EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
  }
}

TEST(SettingsTable, GivesEachSettingOneNameInThreeSpellings) {
  const Setting* setting = find_setting("rate_limit_per_ip_per_min");
  ASSERT_NE(setting, nullptr);
  EXPECT_EQ(flag_name(*setting), "--rate-limit-per-ip-per-min");
  EXPECT_EQ(environment_name(*setting), "API_RATE_LIMIT_PER_IP_PER_MIN");
  const Setting* route = find_setting("route.sms");
  ASSERT_NE(route, nullptr);
  EXPECT_EQ(flag_name(*route), "--route-sms");
  EXPECT_EQ(environment_name(*route), "API_ROUTE_SMS");
}

// A setting whose default breaks its own rule could be neither written down in a file nor given as a flag.
TEST(SettingsTable, HasDefaultsThatItsOwnChecksAccept) {
  Sources sources;
  sources.known_region = [](std::string_view) { return true; };
  for (const auto& setting : all_settings()) {
    const auto initial = setting.initial(Settings{});
    if (!initial) continue;
    sources.flags.push_back(flag_name(setting) + "=" + value_text(setting, *initial));
  }
  EXPECT_GT(sources.flags.size(), 20U);
  const auto settings = load(sources);
  EXPECT_TRUE(settings) << settings.error().message;
}

TEST(SettingsTable, HelpsWithEverySetting) {
  for (const auto& setting : all_settings()) {
    EXPECT_FALSE(setting.help.empty()) << setting.name;
    EXPECT_EQ(setting.help.back(), '.') << setting.name;
  }
}

}  // namespace
}  // namespace herald::config
