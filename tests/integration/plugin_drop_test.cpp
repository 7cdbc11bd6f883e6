// Providers that come, change and go while the host runs: what an operator sees who drops files into the folder.
#include "integration/plugin_host.h"

namespace herald::test {
namespace {

using Versions = std::vector<std::string>;

class PluginDrop : public PluginHost {};

TEST_F(PluginDrop, TakesAProviderThatIsDroppedIn) {
  start_here();
  EXPECT_EQ(post("/api/messages/email", email()).json()["code"], "provider_missing");
  drop("100");
  expect_running("100");
  const auto id = send_email();
  message_when(id, "dispatched");
  EXPECT_EQ(versions_that_sent(id), Versions{"100"});
  EXPECT_EQ(lines_when("provider.started", 1).size(), 1U);
}

TEST_F(PluginDrop, PutsANewerVersionInThePlaceOfTheOld) {
  drop("100");
  start_here();
  const auto before = send_email();
  message_when(before, "dispatched");
  drop("101");
  expect_running("101");
  const auto after = send_email();
  message_when(after, "dispatched");
  EXPECT_EQ(versions_that_sent(after), Versions{"101"});
  const auto lines = lines_when("provider.upgraded", 1);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["from"], "100.0.0");
  EXPECT_EQ(lines[0]["version"], "101.0.0");
  EXPECT_EQ(lines_when("provider.stopped", 1).size(), 1U);
  EXPECT_EQ(metrics()["provider_recorder_success"], 2) << "an upgrade must not start the counters anew";
}

TEST_F(PluginDrop, PrefersTheHigherVersionOfTwoFiles) {
  drop("105", "recorder", "a");
  drop("100", "recorder", "b");
  start_here();
  expect_running("105");
  expect_refused("105.0.0");
  drop("106", "recorder", "b");
  expect_running("106");
}

TEST_F(PluginDrop, LetsTheOldVersionFinishWhatItHas) {
  drop("100");
  start_here();
  const auto id = send_body("slow");
  ASSERT_TRUE(eventually([&] { return versions_that_sent(id).size() == 1; }));
  drop("101");
  expect_running("101");
  const auto message = message_when(id, "dispatched");
  EXPECT_EQ(message["attempts"].size(), 1U) << message.dump(2);
  EXPECT_EQ(versions_that_sent(id), Versions{"100"});
}

TEST_F(PluginDrop, KeepsTheOldVersionWhenTheNewOneDoesNotStart) {
  drop("100");
  start_here();
  drop("101", "recorder_refusing");
  expect_refused("its start returned");
  expect_running("100");
  const auto id = send_email();
  message_when(id, "dispatched");
  EXPECT_EQ(versions_that_sent(id), Versions{"100"});
  drop("102");
  expect_running("102");
  EXPECT_TRUE(listed("refused").empty());
  EXPECT_EQ(lines_when("provider.refused", 1).size(), 1U);
}

TEST_F(PluginDrop, KeepsTheOldVersionWhenTheNewFileIsRubbish) {
  drop("100");
  start_here();
  std::ofstream(file("recorder"), std::ios::trunc) << "not a library";
  expect_refused("ELF");
  message_when(send_email(), "dispatched");
  expect_running("100");
}

TEST_F(PluginDrop, UpgradesFromAFileThatIsOverwrittenInPlace) {
  drop("100");
  start_here();
  message_when(send_email(), "dispatched");
  std::ofstream(file("recorder"), std::ios::binary | std::ios::trunc) << bytes_of("recorder", "101");
  expect_running("101");
  message_when(send_email(), "dispatched");
}

TEST_F(PluginDrop, RollsBackToALowerVersionInTheSameFile) {
  drop("105");
  start_here();
  drop("100");
  expect_running("100");
}

TEST_F(PluginDrop, RemovesAProviderWhoseFileIsTakenAway) {
  drop("100");
  start_here();
  const auto id = send_body("slow");
  ASSERT_TRUE(eventually([&] { return versions_that_sent(id).size() == 1; }));
  take_away();
  expect_gone();
  EXPECT_EQ(message(id)["status"], "dispatched") << "what was in flight ends before the provider goes";
  EXPECT_EQ(versions_that_sent(id), Versions{"100"});
  EXPECT_EQ(post("/api/messages/email", email()).json()["code"], "provider_missing");
  EXPECT_EQ(get("/api/providers/recorder/config").status, 404);
  EXPECT_EQ(lines_when("provider.removed", 1).size(), 1U);
}

TEST_F(PluginDrop, LetsMessagesWaitForTheProvidersReturn) {
  drop("100");
  start_here({{"API_WORKER_BACKOFF_BASE_MS", "300"}, {"API_WORKER_MAX_RETRIES", "1000"}});
  const auto id = send_body("fail");
  ASSERT_TRUE(eventually([&] { return !message(id)["attempts"].empty(); }));
  take_away();
  expect_gone();
  const auto waiting = message(id);
  EXPECT_EQ(waiting["status"], "pending");
  EXPECT_TRUE(eventually([&] { return message(id)["waiting_for"] == "provider"; })) << message(id).dump(2);
  EXPECT_EQ(lines_when("delivery.provider_missing", 1).size(), 1U);
  drop("101");
  expect_running("101");
  EXPECT_TRUE(eventually([&] { return message(id)["attempts"].size() > waiting["attempts"].size(); }));
}

// Of a body that fails: with retries ahead of it, it waits when the upgrade comes.
TEST_F(PluginDrop, LetsMessagesWaitForAVersionThatTakesTheirChannel) {
  drop("100", "recorder_wide");
  const Environment slow_retries{{"API_WORKER_BACKOFF_BASE_MS", "300"}, {"API_WORKER_MAX_RETRIES", "1000"}};
  start_here(slow_retries);
  const auto lost = send_sms("fail");
  ASSERT_TRUE(eventually([&] { return !message(lost)["attempts"].empty(); }));
  drop("101");
  expect_running("101");
  message_when(send_email(), "dispatched");
  EXPECT_EQ(post("/api/messages/sms", sms()).json()["code"], "provider_missing");
  EXPECT_TRUE(eventually([&] { return message(lost)["waiting_for"] == "provider"; })) << message(lost).dump(2);
  const auto line = lines_when("delivery.provider_missing", 1).at(0);
  EXPECT_EQ(line["provider_name"], "recorder");
  EXPECT_EQ(line["channel"], "sms");
  const auto tried = message(lost)["attempts"].size();

  host().kill();
  start_here(slow_retries);
  expect_running("101");
  message_when(send_email(), "dispatched");
  EXPECT_EQ(message(lost)["status"], "pending") << message(lost).dump(2);
  EXPECT_LE(message(lost)["attempts"].size(), tried + 1);

  drop("102", "recorder_wide");
  expect_running("102");
  const auto before = message(lost)["attempts"].size();
  EXPECT_TRUE(eventually([&] { return message(lost)["attempts"].size() > before; })) << message(lost).dump(2);
}

TEST_F(PluginDrop, GivesTheChannelToTheOneThatStandsBy) {
  drop("100");
  start_here();
  std::filesystem::copy_file(abi_plugin_folder() / "well_behaved.so", file("well_behaved"));
  ASSERT_TRUE(eventually([this] { return listed("standby").size() == 1; }, std::chrono::seconds{30}));
  EXPECT_EQ(listed("active").at(0)["name"], "recorder") << "the incumbent keeps its channel";
  take_away();
  expect_gone();
  EXPECT_EQ(listed("active").at(0)["name"], "well-behaved");
  message_when(send_email(), "dispatched");
}

TEST_F(PluginDrop, RefusesAFileThatOthersMayWriteUntilItsModeIsMended) {
  start_here();
  const auto outside = folder() / "outside.so";
  std::ofstream(outside, std::ios::binary) << bytes_of("recorder", "100");
  std::filesystem::permissions(outside, std::filesystem::perms{0777});
  std::filesystem::rename(outside, file("recorder"));
  expect_refused("writ");
  std::filesystem::permissions(file("recorder"), std::filesystem::perms{0755});
  expect_running("100");
  EXPECT_TRUE(listed("refused").empty());
}

TEST_F(PluginDrop, GoesOnWithAProviderWhoseFileLosesItsTrust) {
  drop("100");
  start_here();
  std::filesystem::permissions(file("recorder"), std::filesystem::perms{0777});
  expect_refused("writ");
  expect_running("100");
  message_when(send_email(), "dispatched");
}

TEST_F(PluginDrop, KeepsWhatOperatorsSetOverUpgradeAndReturn) {
  drop("100");
  start_here();
  const auto put = client().request("PUT", host().url("/api/providers/recorder/config"), R"({"note":"kept"})",
                                    {"Content-Type: application/json"});
  ASSERT_EQ(put.status, 200) << put.body;
  ASSERT_EQ(post("/api/providers/recorder/disable", nlohmann::json::object()).status, 200);
  drop("101");
  expect_running("101", "disabled");
  EXPECT_EQ(get("/api/providers/recorder/config").json()["note"], "kept");
  take_away();
  expect_gone();
  EXPECT_EQ(post("/api/providers/recorder/enable", nlohmann::json::object()).status, 404);
  drop("102");
  expect_running("102", "disabled");
  EXPECT_EQ(get("/api/providers/recorder/config").json()["note"], "kept");
  ASSERT_EQ(post("/api/providers/recorder/enable", nlohmann::json::object()).status, 200);
  message_when(send_email(), "dispatched");
}

TEST_F(PluginDrop, TakesTheConfigurationThatANewcomerWasRefusedFor) {
  const auto put = [this](const std::string& json) {
    return client().request("PUT", host().url("/api/providers/recorder/config"), json,
                            {"Content-Type: application/json"});
  };
  start_here();
  drop("100", "recorder_needy");
  expect_refused("PUT /api/providers/recorder/config");
  expect_refused("API_PROVIDER_RECORDER_CONFIG");
  EXPECT_EQ(get("/api/providers/recorder/config").status, 404);
  EXPECT_EQ(put("{}").status, 400);
  const auto taken = put(R"({"note":"needed"})");
  ASSERT_EQ(taken.status, 200) << taken.body;
  EXPECT_EQ(taken.json()["note"], "needed");
  EXPECT_EQ(recorder()["state"], "active");
  EXPECT_TRUE(listed("refused").empty());
  message_when(send_email(), "dispatched");
  EXPECT_EQ(lines_when("provider.refused", 1).size(), 1U);
  host().terminate();
  start_here();
  EXPECT_EQ(recorder()["state"], "active");
  EXPECT_EQ(get("/api/providers/recorder/config").json()["note"], "needed");
  message_when(send_email(), "dispatched");
}

// Its own messages wait for it; what it could hold up otherwise, serves.
TEST_F(PluginDrop, DoesNotHoldUpTheHostsStartWithAStartThatHangs) {
  drop("100", "recorder_slow");
  std::filesystem::copy_file(plugin_folder() / "sms_mms.so", file("sms_mms"));
  start_here();
  EXPECT_TRUE(eventually([this] { return get("/readyz").status == 200; })) << host().raw_log();
  message_when(send_sms(), "dispatched");
  EXPECT_EQ(recorder()["state"], "refused");
  EXPECT_EQ(host().log_of("provider.late").size(), 1U);
  EXPECT_EQ(post("/api/messages/email", email()).json()["code"], "provider_missing");
}

TEST_F(PluginDrop, LetsWhatWasAcceptedWaitForAProviderThatStartsLate) {
  const auto gate = folder() / "gate";
  drop("100", "recorder_waiting");
  std::ofstream{gate};
  start_here({{"RECORDER_GATE", gate.string()}, {"API_DISPATCH", "off"}});
  expect_running("100");
  const auto id = send_body("any");
  host().terminate();
  host().wait_for_exit();
  std::filesystem::remove(gate);
  std::filesystem::copy_file(plugin_folder() / "email.so", file("email"));
  start_here({{"RECORDER_GATE", gate.string()}});
  ASSERT_TRUE(eventually([this] { return get("/readyz").status == 200; })) << host().raw_log();
  message_when(send_body("for whoever serves"), "dispatched");
  EXPECT_EQ(message(id)["waiting_for"], "provider");
  std::ofstream{gate};
  message_when(id, "dispatched");
  EXPECT_EQ(versions_that_sent(id), std::vector<std::string>{"100"});
}

}  // namespace
}  // namespace herald::test
