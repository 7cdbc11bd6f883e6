// Configurations of providers while their versions change: what a successor needs that the running one does not know,
// and what an operator takes back.
#include <gmock/gmock.h>

#include "integration/plugin_host.h"

namespace herald::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PluginConfig : public PluginHost {
 protected:
  HttpAnswer put(const std::string& json, const std::string& provider = "recorder") {
    return client().request("PUT", host().url("/api/providers/" + provider + "/config"), json,
                            {"Content-Type: application/json"});
  }
  HttpAnswer reset(const std::string& provider = "recorder") {
    return client().request("DELETE", host().url("/api/providers/" + provider + "/config"), "", {});
  }
  nlohmann::json config() { return get("/api/providers/recorder/config").json(); }

  // Version 100, which knows "note" alone, runs; version 101, which needs "key" and knows nothing else, waits.
  void start_with_successor() {
    drop("100", "recorder_strict");
    start_here();
    ASSERT_EQ(put(R"({"note":"old"})").status, 200);
    drop("101", "recorder_keyed");
    expect_refused("/key is required");
    expect_running("100");
  }
};

TEST_F(PluginConfig, StartsTheSuccessorThatItFits) {
  start_with_successor();
  const auto taken = put(R"({"key":"k"})");
  ASSERT_EQ(taken.status, 200) << taken.body;
  EXPECT_EQ(taken.json(), nlohmann::json({{"key", "***"}}));
  expect_running("101");
  EXPECT_TRUE(listed("refused").empty());
  message_when(send_email(), "dispatched");
  host().terminate();
  start_here();
  expect_running("101");
  EXPECT_EQ(config(), nlohmann::json({{"key", "***"}}));
}

TEST_F(PluginConfig, GoesBackToAVersionThatKnowsOtherKeys) {
  start_with_successor();
  ASSERT_EQ(put(R"({"key":"k"})").status, 200);
  drop("100", "recorder_strict");
  expect_running("100");
  EXPECT_EQ(config(), nlohmann::json::object()) << "the settings' configuration, which names none";
  ASSERT_EQ(put(R"({"note":"again"})").status, 200);
  EXPECT_EQ(config()["note"], "again");
}

TEST_F(PluginConfig, StaysTheRunningVersionsWhenItFitsThatAlone) {
  start_with_successor();
  ASSERT_EQ(put(R"({"note":"new"})").status, 200);
  EXPECT_EQ(config()["note"], "new");
  expect_running("100");
  EXPECT_EQ(listed("refused").size(), 1U);
}

TEST_F(PluginConfig, GoesToBothVersionsWhenItFitsBoth) {
  drop("100");
  start_here();
  drop("101", "recorder_needy");
  expect_refused("/note is required");
  ASSERT_EQ(put(R"({"note":"both"})").status, 200);
  expect_running("101");
  EXPECT_EQ(config()["note"], "both");
}

TEST_F(PluginConfig, TellsTheFaultsOfBothVersions) {
  start_with_successor();
  const auto refused = put(R"({"note":7})");
  ASSERT_EQ(refused.status, 400) << refused.body;
  const auto errors = refused.json()["errors"];
  ASSERT_EQ(errors.size(), 3U) << refused.body;
  EXPECT_EQ(errors[0]["pointer"], "/note");
  EXPECT_THAT(errors[0]["message"].get<std::string>(), HasSubstr("(for version 100.0.0, which runs)"));
  EXPECT_EQ(errors[1]["pointer"], "/key");
  EXPECT_THAT(errors[1]["message"].get<std::string>(), HasSubstr("(for version 101.0.0 in recorder.so, which waits"));
  EXPECT_EQ(config()["note"], "old");
}

TEST_F(PluginConfig, ShowsTheRefusedSuccessorWithTheProvider) {
  start_with_successor();
  const auto files = recorder()["refused_files"];
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0]["version"], "101.0.0");
  EXPECT_THAT(files[0]["reason"].get<std::string>(), HasSubstr("/key is required"));
  put(R"({"key":"k"})");
  expect_running("101");
  EXPECT_TRUE(recorder()["refused_files"].empty());
}

TEST_F(PluginConfig, IsTakenBackToTheSettings) {
  drop("100");
  start_here({{"API_PROVIDER_RECORDER_CONFIG", R"({"note":"settings"})"}});
  ASSERT_EQ(put(R"({"note":"put"})").status, 200);
  const auto back = reset();
  ASSERT_EQ(back.status, 200) << back.body;
  EXPECT_EQ(back.json()["note"], "settings");
  host().terminate();
  start_here({{"API_PROVIDER_RECORDER_CONFIG", R"({"note":"other"})"}});
  EXPECT_EQ(config()["note"], "other");
  EXPECT_TRUE(host().log_of("provider.kept_unusable").empty());
  EXPECT_EQ(reset("stranger").status, 404);
}

TEST_F(PluginConfig, IsNotTakenBackToSettingsThatDoNotFit) {
  drop("100", "recorder_needy");
  start_here();
  ASSERT_EQ(put(R"({"note":"needed"})").status, 200);
  const auto back = reset();
  EXPECT_EQ(back.status, 409) << back.body;
  EXPECT_EQ(back.json()["code"], "settings_unfit");
  EXPECT_EQ(config()["note"], "needed");
}

TEST_F(PluginConfig, ListsAnOlderVersionBesideANewerAsSuperseded) {
  drop("101");
  drop("100", "recorder", "older");
  start_here();
  expect_running("101");
  expect_refused("superseded by recorder.so");
  EXPECT_TRUE(host().log_of("provider.refused").empty());
  const auto lines = host().log_of("provider.superseded");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["level"], "info");
}

// A start that hangs is given 30 seconds; all of this is over long before.
TEST_F(PluginConfig, IsChangedWhileASuccessorHangsInItsStart) {
  drop("100");
  start_here();
  drop("101", "recorder_slow");
  lines_when("provider.starting", 2);
  ASSERT_EQ(put(R"({"note":"meanwhile"})").status, 200);
  ASSERT_EQ(post("/api/providers/recorder/disable", nlohmann::json::object()).status, 200);
  ASSERT_EQ(post("/api/providers/recorder/enable", nlohmann::json::object()).status, 200);
  EXPECT_TRUE(host().log_of("provider.refused").empty()) << "its time was up before the changes were made";
  drop("102");
  EXPECT_TRUE(eventually([this] { return recorder()["version"] == "102.0.0"; }, std::chrono::seconds{20}))
      << "the file that was put in its place has waited for its time to be up";
  EXPECT_EQ(config()["note"], "meanwhile");
  EXPECT_THAT(host().raw_log(), Not(HasSubstr("the host stops while it starts")));
}

TEST_F(PluginConfig, IsTheSuccessorsThatWasStartingWhenItWasPut) {
  const auto gate = folder() / "gate";
  drop("100");
  start_here({{"RECORDER_GATE", gate.string()}});
  drop("101", "recorder_waiting");
  lines_when("provider.starting", 2);
  ASSERT_EQ(put(R"({"note":"meanwhile"})").status, 200);
  EXPECT_EQ(recorder()["version"], "100.0.0");
  std::ofstream(gate).flush();
  expect_running("101");
  EXPECT_EQ(config()["note"], "meanwhile");
}

TEST_F(PluginConfig, HoldsUpNoOtherFileWhileOneHangsInItsStart) {
  start_here();
  drop("100", "recorder_slow");
  lines_when("provider.starting", 1);
  std::filesystem::copy_file(abi_plugin_folder() / "well_behaved.so", file("other"));
  EXPECT_TRUE(eventually([this] { return get("/api/providers/well-behaved").status == 200; }, std::chrono::seconds{20}))
      << host().raw_log();
}

}  // namespace
}  // namespace herald::test
