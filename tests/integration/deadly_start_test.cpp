// A plugin that ends the host's process while it starts does so once: the next start knows of it.
#include <fstream>

#include "integration/running_host.h"

namespace herald::test {
namespace {

class DeadlyStart : public RunningHost {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(plugins_);
    std::filesystem::copy_file(plugin_folder() / "sms_mms.so", plugins_ / "sms_mms.so");
  }

  void drop(const std::string& plugin) {
    const auto whole = folder() / "whole.tmp";
    std::filesystem::copy_file(std::filesystem::path(BROKEN_PLUGIN_DIR) / (plugin + ".so"), whole,
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::rename(whole, deadly_);
  }

  HostSetup setup() const { return {folder() / "data", {{"API_PLUGIN_DIR", plugins_.string()}}, {}}; }

  // Starts a host that dies of it.
  Exit die() {
    HostProcess mortal(setup());
    const Exit exit = mortal.wait_for_exit();
    last_words_ = mortal.raw_log();
    EXPECT_TRUE(exit.signal != 0 || exit.code != 0) << last_words_;
    return exit;
  }

  void start_again() { start(setup().environment); }

  nlohmann::json deadly() {
    nlohmann::json found;
    eventually([&] {
      const auto answer = get("/api/providers").json();
      for (const auto& item : answer["items"]) {
        if (item.value("file_name", "") == "deadly.so") found = item;
      }
      return !found.is_null();
    });
    return found;
  }

  void expect_refused(const std::string& why) {
    const auto listed = deadly();
    ASSERT_EQ(listed.value("state", ""), "refused") << listed.dump(2) << host().raw_log();
    const auto reason = listed.value("reason", "");
    EXPECT_NE(reason.find(why), std::string::npos) << reason;
    EXPECT_NE(reason.find("replace the file"), std::string::npos) << reason;
    message_when(send_sms(), "dispatched");
  }

  // The folder of the records, in which there is one.
  std::filesystem::path record() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder() / "data" / "plugins" / "starts"))
      return entry.path();
    return {};
  }

  // Until the plugin's start is under way, with so many deaths before it that left no mark.
  void wait_until_inside(const HostProcess& starting, char deaths) {
    EXPECT_TRUE(eventually([this, deaths] {
      if (!std::filesystem::exists(folder() / "data" / "plugins" / "starts")) return false;
      std::ifstream in(record());
      std::string line;
      return std::getline(in, line) && line.size() == 9 && line[0] == 'S' && line[6] == '4' && line[8] == deaths;
    })) << starting.raw_log();
  }

  std::filesystem::path plugins_ = folder() / "plugins";
  std::filesystem::path deadly_ = plugins_ / "deadly.so";
  std::string last_words_;
};

struct Death {
  std::string plugin;
  std::string reason;
  std::string step;
};

class EveryDeath : public DeadlyStart, public testing::WithParamInterface<Death> {};

TEST_P(EveryDeath, IsDiedOnceAndThenRefused) {
  drop(GetParam().plugin);
  die();
  EXPECT_NE(last_words_.find("inside the " + GetParam().step + " of the provider deadly (deadly.so)"),
            std::string::npos)
      << last_words_;
  start_again();
  expect_refused(GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    DeadlyStart, EveryDeath,
    testing::Values(Death{"crashes_in_create", "killed by signal 11 (Segmentation fault) inside its create", "create"},
                    Death{"crashes_in_configure", "killed by signal 11 (Segmentation fault) inside its configure",
                          "configure"},
                    Death{"crashes_in_start", "killed by signal 11 (Segmentation fault) inside its start", "start"},
                    Death{"aborts_in_start", "killed by signal 6 (Aborted) inside its start", "start"},
                    Death{"exits_in_start", "ended the host by exit(3) inside its start", "start"}),
    [](const auto& instance) { return instance.param.plugin; });

TEST_F(DeadlyStart, IsMetByTheTrialWhereCreateAloneIsDeadly) {
  drop("crashes_in_every_create");
  start_again();
  const auto reason = deadly().value("reason", "");
  EXPECT_NE(reason.find("create or destroy crash"), std::string::npos) << reason;
  message_when(send_sms(), "dispatched");
}

TEST_F(DeadlyStart, IsKnownAlsoWhenThePluginUsedUpItsStack) {
#if defined(UNDER_A_SANITIZER)
  GTEST_SKIP() << "a sanitizer's frames make this a matter of its own";
#endif
  drop("overflows_in_start");
  die();
  start_again();
  expect_refused("killed by signal 11 (Segmentation fault) inside its start");
}

#if !defined(UNDER_A_SANITIZER)
TEST_F(DeadlyStart, StillEndsWithTheSignalThatItWas) {
  drop("crashes_in_start");
  EXPECT_EQ(die().signal, SIGSEGV);
  drop("aborts_in_start");
  EXPECT_EQ(die().signal, SIGABRT);
}
#endif

TEST_F(DeadlyStart, IsTriedAgainWhenTheFileIsAnother) {
  drop("crashes_in_start");
  die();
  std::filesystem::remove(deadly_);
  std::filesystem::copy_file(abi_plugin_folder() / "well_behaved.so", deadly_);
  start_again();
  EXPECT_NE(deadly().value("state", "refused"), "refused") << host().raw_log();
}

TEST_F(DeadlyStart, IsTriedAgainWhenAnOperatorTakesTheRecordAway) {
  drop("exits_in_start");
  EXPECT_EQ(die().code, 3);
  ASSERT_FALSE(record().empty());
  std::filesystem::remove(record());
  EXPECT_EQ(die().code, 3);
}

TEST_F(DeadlyStart, IsHeldAgainstTheBytesWhateverTheirName) {
  drop("exits_in_start");
  die();
  std::filesystem::rename(deadly_, plugins_ / "other.so");
  start_again();
  EXPECT_TRUE(eventually([this] { return host().raw_log().find("exit(3) inside its start") != std::string::npos; }));
  message_when(send_sms(), "dispatched");
}

TEST_F(DeadlyStart, WithoutAMarkCountsTheThirdTime) {
  drop("exits_at_once_in_start");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(die().code, 3);
  start_again();
  expect_refused("ended 3 times in a row inside its start");
}

TEST_F(DeadlyStart, BrandsNobodyWhoIsKilledFromOutside) {
  drop("waits_in_start");
  for (const char deaths : {'0', '1', '2'}) {
    HostProcess killed(setup());
    wait_until_inside(killed, deaths);
    killed.kill();
  }
  // The third in a row is no chance any more; twice is.
  start_again();
  expect_refused("ended 3 times in a row");
}

TEST_F(DeadlyStart, ThatIsEndedByAStopIsHeldAgainstNobody) {
  drop("waits_in_start");
  for (int i = 0; i < 4; ++i) {
    HostProcess stopped(setup());
    wait_until_inside(stopped, '0');
    EXPECT_EQ(stopped.terminate().code, 0) << stopped.raw_log();
    EXPECT_NE(stopped.raw_log().find("herald.provider_stuck"), std::string::npos) << stopped.raw_log();
  }
}

// The way in which a file comes makes no difference.
TEST_F(DeadlyStart, OfADroppedFileIsKnownTooAndTheRestIsServed) {
  start_again();
  drop("crashes_in_start");
  host().wait_for_exit();
  start_again();
  expect_refused("killed by signal 11");
}

}  // namespace
}  // namespace herald::test
