// `herald backup` on the real binary: taken under load, started from, and what stops it.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "integration/running_host.h"
#include "support/private_folder.h"

namespace herald::test {
namespace {

namespace fs = std::filesystem;

class Backup : public RunningHost {
 protected:
  Finished back_up(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "backup");
    return run_herald(arguments, {{"API_DATA_DIR", (folder() / "data").string()}}, folder().path());
  }
  std::string file() const { return (folder() / "copy.db").string(); }

  // With SIGINT already waiting for it; the exit status.
  int back_up_interrupted() {
    const auto data = (folder() / "data").string();
    const auto binary = herald_binary().string();
    const auto copy = file();
    const pid_t child = ::fork();
    if (child == 0) {
      sigset_t interrupt;
      sigemptyset(&interrupt);
      sigaddset(&interrupt, SIGINT);
      if (::pthread_sigmask(SIG_BLOCK, &interrupt, nullptr) != 0 || ::raise(SIGINT) != 0) ::_exit(126);
      ::execl(binary.c_str(), "herald", "backup", copy.c_str(), "--data-dir", data.c_str(), nullptr);
      ::_exit(127);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::vector<std::string> files_named_like_the_copy() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder().path())) {
      const auto name = entry.path().filename().string();
      if (name.rfind("copy.db", 0) == 0) names.push_back(name);
    }
    return names;
  }

  // Kills the host and starts another one on nothing but the copy.
  HostProcess& start_from_copy(const Environment& environment = {}) {
    host().kill();
    fs::remove_all(folder() / "data");
    make_private_folder(folder() / "data");
    fs::copy_file(file(), folder() / "data" / "herald.db");
    return start(environment);
  }
};

TEST_F(Backup, UnderLoadHoldsEveryMessageThatWasAcknowledgedBefore) {
  start({{"API_DISPATCH", "off"}});
  std::vector<std::string> before;
  for (int i = 0; i < 200; ++i)
    before.push_back(i % 2 == 0 ? send_sms() : send_email());
  std::atomic<bool> stop{false};
  std::atomic<int> meanwhile{0};
  std::thread sender([&] {
    HttpClient own;
    while (!stop.load() && own.post(host().url("/api/messages/sms"), sms()).status == 202)
      ++meanwhile;
  });
  EXPECT_TRUE(eventually([&] { return meanwhile.load() > 20; }));
  const auto finished = back_up({file()});
  const int told = meanwhile.load();
  EXPECT_TRUE(eventually([&] { return meanwhile.load() > told; })) << "the host must go on";
  stop = true;
  sender.join();
  ASSERT_EQ(finished.exit.code, 0) << finished.err;
  EXPECT_NE(finished.out.find(file()), std::string::npos) << finished.out;

  start_from_copy();
  for (const auto& id : before)
    message_when(id, "dispatched");
}

TEST_F(Backup, CanBeLookedAtBeforeAnythingGoesOutAgain) {
  start({{"API_DISPATCH", "off"}});
  const auto stays = send_sms();
  const auto goes = send_sms();
  ASSERT_EQ(back_up({file()}).exit.code, 0);
  start_from_copy({{"API_DISPATCH", "off"}, {"API_UNCERTAIN_POLICY", "hold"}});
  EXPECT_EQ(message(stays).value("status", ""), "pending");
  EXPECT_EQ(post("/api/messages/" + stays + "/cancel", nlohmann::json::object()).status, 200);
  host().terminate();
  start();
  message_when(goes, "dispatched");
  EXPECT_EQ(message(stays).value("status", ""), "cancelled");
}

TEST_F(Backup, HoldsWhatAProviderHadAtThatMomentWhenToldTo) {
  start({{"API_PROVIDER_TIMEOUT_PCT", "100"}, {"API_DISPATCH_TIMEOUT_MS", "60000"}});
  const auto id = send_sms();
  message_when(id, "dispatching");
  ASSERT_EQ(back_up({file()}).exit.code, 0);
  start_from_copy({{"API_UNCERTAIN_POLICY", "hold"}});
  EXPECT_EQ(message_when(id, "failed").value("error_code", ""), "uncertain");
}

TEST_F(Backup, OfAHostThatWasKilledIsWhole) {
  start({{"API_DISPATCH", "off"}});
  const auto id = send_sms();
  host().kill();
  ASSERT_EQ(back_up({file()}).exit.code, 0);
  start_from_copy();
  message_when(id, "dispatched");
}

TEST_F(Backup, RefusesAFileThatIsThereUnlessForced) {
  start();
  ASSERT_EQ(back_up({file()}).exit.code, 0);
  const auto refused = back_up({file()});
  EXPECT_EQ(refused.exit.code, 2);
  EXPECT_NE(refused.err.find("--force"), std::string::npos) << refused.err;
  EXPECT_EQ(back_up({file(), "--force"}).exit.code, 0);
}

TEST_F(Backup, TellsWhatIsMissing) {
  auto finished = back_up({file()});
  EXPECT_EQ(finished.exit.code, 1);
  EXPECT_NE(finished.err.find("--data-dir"), std::string::npos) << finished.err;
  finished = back_up({});
  EXPECT_EQ(finished.exit.code, 2);
  EXPECT_NE(finished.err.find("herald backup FILE"), std::string::npos) << finished.err;
  start();
  finished = back_up({(folder() / "none" / "copy.db").string()});
  EXPECT_EQ(finished.exit.code, 1);
  EXPECT_NE(finished.err.find("folder"), std::string::npos) << finished.err;
}

TEST_F(Backup, LeavesNothingWhenItIsInterrupted) {
  start();
  send_sms();
  EXPECT_EQ(back_up_interrupted(), 1);
  EXPECT_TRUE(files_named_like_the_copy().empty());
  EXPECT_EQ(back_up({file()}).exit.code, 0);
  EXPECT_EQ(files_named_like_the_copy(), std::vector<std::string>{"copy.db"});
}

TEST_F(Backup, ExplainsItself) {
  const auto finished = back_up({"--help"});
  EXPECT_EQ(finished.exit.code, 0);
  for (const char* word : {"FILE", "--force", "restore", "--dispatch off", "hold"})
    EXPECT_NE(finished.out.find(word), std::string::npos) << word;
}

TEST_F(Backup, OfAHostWithARetentionIsTakenToo) {
  start({{"API_RETENTION_DAYS", "30"}});
  const auto id = send_sms();
  message_when(id, "dispatched");
  ASSERT_EQ(back_up({file()}).exit.code, 0);
  start_from_copy({{"API_RETENTION_DAYS", "30"}});
  EXPECT_EQ(message(id).value("status", ""), "dispatched");
}

}  // namespace
}  // namespace herald::test
