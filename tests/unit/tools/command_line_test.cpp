#include "tools/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace herald::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Arguments = std::vector<std::string>;

Command parsed(const Arguments& arguments) {
  const auto command = parse_command(arguments);
  if (!command) {
    ADD_FAILURE() << command.error().message;
    return {};
  }
  return *command;
}

Verb verb_of(const Arguments& arguments) {
  return parsed(arguments).verb;
}

std::string refusal(const Arguments& arguments) {
  const auto command = parse_command(arguments);
  EXPECT_FALSE(command) << "it is accepted";
  return command ? "" : command.error().message;
}

TEST(CommandLine, ServesWhenNoVerbIsGiven) {
  EXPECT_EQ(verb_of({}), Verb::kServe);
  EXPECT_EQ(verb_of({"serve"}), Verb::kServe);
  EXPECT_THAT(parsed({"--port", "80"}).flags, ElementsAre("--port", "80"));
  EXPECT_THAT(parsed({"serve", "--port", "80"}).flags, ElementsAre("--port", "80"));
}

TEST(CommandLine, TakesAVerbInTheFirstPlaceOnly) {
  EXPECT_THAT(parsed({"--data-dir", "plugin"}).flags, ElementsAre("--data-dir", "plugin"));
  EXPECT_EQ(verb_of({"--data-dir", "plugin"}), Verb::kServe);
}

TEST(CommandLine, ListsPlugins) {
  EXPECT_EQ(verb_of({"plugin", "list"}), Verb::kPluginList);
  EXPECT_FALSE(parsed({"plugin", "list"}).json);
  const Command command = parsed({"plugin", "list", "--plugin-dir", "x", "--json", "--port", "1"});
  EXPECT_TRUE(command.json);
  EXPECT_THAT(command.flags, ElementsAre("--plugin-dir", "x", "--port", "1"));
}

TEST(CommandLine, HandsOnWhatIsToBeDoneWithKeys) {
  const Command command = parsed({"key", "create", "shop", "--scopes", "send"});
  EXPECT_EQ(command.verb, Verb::kKey);
  EXPECT_THAT(command.flags, ElementsAre("create", "shop", "--scopes", "send"));
  EXPECT_EQ(verb_of({"key", "--help"}), Verb::kKeyHelp);
  EXPECT_EQ(verb_of({"key", "revoke", "-h"}), Verb::kKeyHelp);
}

TEST(CommandLine, HandsOnWhatANewPluginIsToBe) {
  const Command command = parsed({"plugin", "new", "acme", "--channels", "sms"});
  EXPECT_EQ(command.verb, Verb::kPluginNew);
  EXPECT_THAT(command.flags, ElementsAre("acme", "--channels", "sms"));
  EXPECT_EQ(verb_of({"plugin", "new", "--help"}), Verb::kPluginNewHelp);
  EXPECT_EQ(verb_of({"plugin", "new", "acme", "-h"}), Verb::kPluginNewHelp);
}

TEST(CommandLine, LeavesTheArgumentsOfPluginCheckToIt) {
  const Command command = parsed({"plugin", "check", "--seed", "1", "a.so"});
  EXPECT_EQ(command.verb, Verb::kPluginCheck);
  EXPECT_THAT(command.flags, ElementsAre("--seed", "1", "a.so"));
  EXPECT_EQ(verb_of({"plugin", "check", "a.so", "--help"}), Verb::kPluginCheckHelp);
  EXPECT_EQ(verb_of({"plugin-check-test"}), Verb::kPluginCheckTest);
}

TEST(CommandLine, TakesABackupIntoTheFileInFrontOfTheSettings) {
  const Command command = parsed({"backup", "copy.db", "--force", "--data-dir", "x"});
  EXPECT_EQ(command.verb, Verb::kBackup);
  EXPECT_EQ(command.file, "copy.db");
  EXPECT_TRUE(command.force);
  EXPECT_THAT(command.flags, ElementsAre("--data-dir", "x"));
  EXPECT_FALSE(parsed({"backup", "copy.db"}).force);
  EXPECT_EQ(verb_of({"backup", "--help"}), Verb::kBackupHelp);
}

TEST(CommandLine, TakesABackupIntoTheFileBehindTheSettings) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"backup", "--data-dir", "x", "copy.db"},
                                                    {"backup", "--data-dir", "x", "copy.db", "--force"},
                                                    {"backup", "--force", "--data-dir", "x", "copy.db"},
                                                    {"backup", "--data-dir", "x", "--force", "copy.db"}}) {
    const Command command = parsed(arguments);
    EXPECT_EQ(command.file, "copy.db");
    EXPECT_THAT(command.flags, ElementsAre("--data-dir", "x"));
  }
  EXPECT_EQ(parsed({"backup", "--data-dir=x", "copy.db"}).file, "copy.db");
}

TEST(CommandLine, LeavesASecondFileOfABackupToBeRefusedWithTheSettings) {
  const Command command = parsed({"backup", "--data-dir", "x", "copy.db", "other.db"});
  EXPECT_EQ(command.file, "copy.db");
  EXPECT_THAT(command.flags, ElementsAre("--data-dir", "x", "other.db"));
}

TEST(CommandLine, TakesNoFileOfABackupForTheValueThatForceStandsInFrontOf) {
  const Command command = parsed({"backup", "--data-dir", "--force", "copy.db"});
  EXPECT_EQ(command.file, "copy.db");
  EXPECT_THAT(command.flags, ElementsAre("--data-dir"));
}

TEST(CommandLine, RefusesABackupWithoutAFile) {
  EXPECT_THAT(refusal({"backup"}), HasSubstr("herald backup FILE"));
  EXPECT_THAT(refusal({"backup", "--data-dir", "x"}), HasSubstr("herald backup FILE"));
  EXPECT_THAT(refusal({"backup", "--data-dir", "x", "-"}), HasSubstr("herald backup FILE"));
  EXPECT_THAT(refusal({"backup", ""}), HasSubstr("herald backup FILE"));
}

TEST(CommandLine, LeavesTheArgumentsOfBenchToIt) {
  const Command command = parsed({"bench", "http://h", "--json", "-"});
  EXPECT_EQ(command.verb, Verb::kBench);
  EXPECT_THAT(command.flags, ElementsAre("http://h", "--json", "-"));
  EXPECT_EQ(verb_of({"bench", "--rate", "1", "--help"}), Verb::kBenchHelp);
}

TEST(CommandLine, LeavesJsonToTheSettingsWhereItIsNoFlag) {
  EXPECT_THAT(parsed({"serve", "--json"}).flags, ElementsAre("--json"));
}

TEST(CommandLine, ProbesAFileWhateverItsName) {
  const Command command = parsed({"plugin-probe", "--help"});
  EXPECT_EQ(command.verb, Verb::kPluginProbe);
  EXPECT_EQ(command.file, "--help");
  EXPECT_THAT(refusal({"plugin-probe"}), HasSubstr("takes one file"));
  EXPECT_THAT(refusal({"plugin-probe", "a", "b"}), HasSubstr("takes one file"));
}

TEST(CommandLine, ExplainsItselfWhereverHelpIsAskedFor) {
  for (const Arguments& arguments : {Arguments{"--help"}, {"-h"}, {"help"}, {"--port", "1", "--help"}}) {
    EXPECT_EQ(verb_of(arguments), Verb::kHelp);
  }
  EXPECT_EQ(verb_of({"serve", "--help"}), Verb::kServeHelp);
  EXPECT_EQ(verb_of({"serve", "--prot", "1", "-h"}), Verb::kServeHelp);
  EXPECT_EQ(verb_of({"plugin", "--help"}), Verb::kPluginHelp);
  EXPECT_EQ(verb_of({"plugin", "list", "--help"}), Verb::kPluginHelp);
}

TEST(CommandLine, TellsItsVersion) {
  EXPECT_EQ(verb_of({"--version"}), Verb::kVersion);
  EXPECT_EQ(verb_of({"serve", "--version"}), Verb::kVersion);
}

TEST(CommandLine, RefusesAnUnknownVerbAndGuessesWhatItWasMeantFor) {
  EXPECT_THAT(refusal({"sevre"}), HasSubstr("unknown command \"sevre\"; did you mean serve?"));
  EXPECT_THAT(refusal({"frobnicate"}), HasSubstr("unknown command \"frobnicate\"; `herald --help`"));
  EXPECT_THAT(refusal({""}), HasSubstr("unknown command \"\""));
  EXPECT_THAT(refusal({"plugin", "lsit"}), HasSubstr("\"lsit\"; did you mean list?"));
}

TEST(CommandLine, RefusesPluginWithoutACommand) {
  EXPECT_THAT(refusal({"plugin"}), HasSubstr("needs a command: list, check or new"));
  EXPECT_THAT(refusal({"plugin", "--json"}), HasSubstr("needs a command: list, check or new"));
}

}  // namespace
}  // namespace herald::tools
