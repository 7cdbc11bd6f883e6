// A message's time-to-live on the real binary, where what holds the message is worst.
#include <thread>

#include "integration/running_host.h"

namespace herald::test {
namespace {

class TimeToLive : public RunningHost {
 protected:
  // Emails go to a plugin that does what a body says.
  Environment with_scripted_plugin() {
    const auto plugins = folder() / "plugins";
    std::filesystem::create_directories(plugins);
    std::filesystem::copy_file(abi_plugin_folder() / "scripted.so", plugins / "scripted.so");
    return {{"API_PLUGIN_DIR", plugins.string()},  {"API_WORKER_MAX_RETRIES", "1000"},
            {"API_DISPATCH_TIMEOUT_MS", "600000"}, {"API_BREAKER_ERROR_THRESHOLD", "1000"},
            {"API_WORKER_BACKOFF_BASE_MS", "5"},   {"API_WORKER_BACKOFF_MAX_MS", "10"}};
  }

  std::string send_living(int seconds, const std::string& body = "any") {
    auto message = email();
    message["body"] = body;
    message["ttl_seconds"] = seconds;
    return send("/api/messages/email", message);
  }

  // The time of a message's life has passed while nobody served it.
  static void outlive(int seconds) {
    std::this_thread::sleep_for(std::chrono::seconds{seconds});  // tidy: sleeps because the host is not there to ask
  }
};

TEST_F(TimeToLive, EndsWhatAProviderHoldsThatNeverReturnsFromSubmitAndWhatWaitsBehindIt) {
  start(with_scripted_plugin());
  std::vector<std::string> ids;
  for (int i = 0; i < 40; ++i)
    ids.push_back(send_living(2, "block"));
  for (const auto& id : ids)
    message_when(id, "expired");
  // The window of a provider that is called for nothing more is full: what comes now is never handed to it.
  EXPECT_TRUE(message_when(send_living(1), "expired")["attempts"].empty());
}

TEST_F(TimeToLive, EndsWhatAProviderNeverAnswersLongBeforeItsTimeOut) {
  start(with_scripted_plugin());
  const auto story = message_when(send_living(1, "never"), "expired");
  ASSERT_EQ(story["attempts"].size(), 1U);
  EXPECT_EQ(story["attempts"][0]["outcome"], "timeout");
}

TEST_F(TimeToLive, EndsWhatNobodyDispatches) {
  start({{"API_DISPATCH", "off"}});
  EXPECT_TRUE(message_when(send_living(1), "expired")["attempts"].empty());
}

TEST_F(TimeToLive, GoesOnWhileNoHostRuns) {
  start({{"API_DISPATCH", "off"}});
  const auto expires = send_living(1);
  const auto lives = send_living(600);
  host().kill();
  outlive(1);
  start();
  EXPECT_TRUE(message_when(expires, "expired")["attempts"].empty());
  EXPECT_EQ(message_when(lives, "dispatched")["attempts"].size(), 1U);
}

TEST_F(TimeToLive, EndsWhatWasWithAProviderAtACrash) {
  auto settings = with_scripted_plugin();
  start(settings);
  const auto id = send_living(2, "never");
  message_when(id, "dispatching");
  host().kill();
  outlive(2);
  start(settings);
  EXPECT_TRUE(message_when(id, "expired")["attempts"].empty()) << "it was sent again too late";
}

// Held is failed: only an operator moves it on, and then it has its whole time-to-live again.
TEST_F(TimeToLive, LeavesWhatIsHeldAfterACrashToAnOperator) {
  auto settings = with_scripted_plugin();
  start(settings);
  const auto id = send_living(2, "never");
  message_when(id, "dispatching");
  host().kill();
  outlive(2);
  settings["API_UNCERTAIN_POLICY"] = "hold";
  start(settings);
  EXPECT_EQ(message_when(id, "failed")["error_code"], "uncertain");
  EXPECT_EQ(post("/api/messages/" + id + "/retry", nlohmann::json::object()).status, 200);
  message_when(id, "expired");
}

TEST_F(TimeToLive, EndsWhatWaitsForADisabledProvider) {
  start({{"API_DISPATCH", "off"}});
  const auto id = send_living(3);
  EXPECT_EQ(post("/api/providers/email/disable", nlohmann::json::object()).status, 200);
  host().kill();
  start();
  EXPECT_TRUE(message_when(id, "expired")["attempts"].empty());
}

TEST_F(TimeToLive, EndsWhatWaitsForAProviderThatIsGone) {
  start({{"API_DISPATCH", "off"}});
  const auto id = send_living(3);
  host().kill();
  const auto nothing = folder() / "nothing";
  std::filesystem::create_directories(nothing);
  start({{"API_PLUGIN_DIR", nothing.string()}});
  EXPECT_TRUE(message_when(id, "expired")["attempts"].empty());
}

}  // namespace
}  // namespace herald::test
