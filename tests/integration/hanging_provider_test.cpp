// A provider that does not answer costs its own lane, and nothing else.
#include <algorithm>

#include "integration/running_host.h"

namespace herald::test {
namespace {

// Emails go to a plugin that does what a body says; sms-mms is the one beside it.
class HangingProvider : public RunningHost {
 protected:
  void start_with(const std::string& plugin, const Environment& settings = {}) {
    const auto plugins = folder() / "plugins";
    std::filesystem::create_directories(plugins);
    for (const auto& file : {abi_plugin_folder() / (plugin + ".so"), plugin_folder() / "sms_mms.so"})
      std::filesystem::copy_file(file, plugins / file.filename());
    Environment environment{{"API_PLUGIN_DIR", plugins.string()}, {"API_DISPATCH_TIMEOUT_MS", "200"},
                            {"API_WORKER_MAX_RETRIES", "2"},      {"API_WORKER_BACKOFF_BASE_MS", "5"},
                            {"API_WORKER_BACKOFF_MAX_MS", "10"},  {"API_BREAKER_ERROR_THRESHOLD", "1000"}};
    for (const auto& [name, value] : settings)
      environment[name] = value;
    start(environment);
  }

  std::string send_email_saying(const std::string& body) {
    auto message = email();
    message["body"] = body;
    return send("/api/messages/email", message);
  }

  static bool says(const std::string& page, const std::string& line) { return page.find(line) != std::string::npos; }

  static std::vector<std::string> outcomes(const nlohmann::json& story) {
    std::vector<std::string> found;
    for (const auto& attempt : story.at("attempts"))
      found.push_back(attempt.at("outcome"));
    return found;
  }
};

TEST_F(HangingProvider, LosesItsMessagesToTheRetryPolicyUntilTheyFail) {
  start_with("scripted");
  const auto story = message_when(send_email_saying("never"), "failed");
  EXPECT_EQ(outcomes(story), (std::vector<std::string>{"timeout", "timeout", "timeout"}));
  EXPECT_EQ(metrics()["provider_scripted_error"], 3);
}

TEST_F(HangingProvider, LeavesTheOtherLaneAlone) {
  start_with("scripted", {{"API_WORKER_MAX_RETRIES", "1000"}});
  std::vector<std::string> stuck;
  for (int i = 0; i < 20; ++i)
    stuck.push_back(send_email_saying("never"));
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(outcomes(message_when(send_sms(), "dispatched")), std::vector<std::string>{"success"});
  for (const auto& id : stuck)
    EXPECT_NE(message(id)["status"], "dispatched");
  EXPECT_EQ(metrics()["provider_sms_mms_error"], 0);
}

TEST_F(HangingProvider, MayBlockEveryThreadThatItWasGiven) {
  start_with("scripted_blocking");
  std::vector<std::string> stuck;
  for (int i = 0; i < 6; ++i)
    stuck.push_back(send_email_saying("block"));
  for (int i = 0; i < 10; ++i)
    message_when(send_sms(), "dispatched");
  EXPECT_TRUE(eventually([this] { return metrics().value("provider_scripted_blocking_error", 0) >= 3; })) << metrics();
  for (const auto& id : stuck)
    EXPECT_NE(message(id)["status"], "dispatched");
}

// A disk that takes its time may stall the writer for a moment too: the test waits for what it is about.
TEST_F(HangingProvider, IsToldOfAsStalledWhileTheHostStaysReady) {
  start_with("scripted_blocking", {{"API_STALL_SECS", "2"}, {"API_WORKER_MAX_RETRIES", "1000"}});
  for (int i = 0; i < 12; ++i)
    send_email_saying("block");
  EXPECT_TRUE(eventually([this] {
    const auto lines = host().log_of("watchdog.stalled");
    return std::any_of(lines.begin(), lines.end(),
                       [](const auto& line) { return line.at("what") == "lane-scripted-blocking"; });
  }));
  EXPECT_TRUE(eventually([this] {
    const auto ready = get("/readyz");
    return ready.status == 200 && ready.json()["stalled_providers"] == nlohmann::json({"scripted-blocking"});
  }));
  EXPECT_GE(get("/api/providers/scripted-blocking").json()["stalled_seconds"], 2);
  EXPECT_EQ(get("/api/providers/sms-mms").json()["stalled_seconds"], 0);
  EXPECT_TRUE(eventually([this] {
    const auto metrics = get("/metrics").body;
    return says(metrics, "\nherald_lane_stalled_seconds{provider=\"sms-mms\"} 0\n") &&
           says(metrics, "\nherald_writer_stalled_seconds 0\n") &&
           says(metrics, "\nherald_dispatcher_stalled_seconds 0\n");
  }));
}

// A breach of the contract: what it holds, and what is behind that, ends as a timeout all the same.
TEST_F(HangingProvider, MayHangInASubmitThatMustNotBlock) {
  start_with("scripted");
  const auto stuck = send_email_saying("block");
  const auto behind = send_email_saying("any");
  for (int i = 0; i < 10; ++i)
    message_when(send_sms(), "dispatched");
  EXPECT_EQ(get("/healthz").status, 200);
  for (const auto& id : {stuck, behind}) {
    ASSERT_TRUE(eventually([&] { return !message(id)["attempts"].empty(); })) << message(id);
    EXPECT_EQ(message(id)["attempts"][0]["outcome"], "timeout");
    EXPECT_NE(message(id)["status"], "dispatched");
  }
}

TEST_F(HangingProvider, GoesOnWithWhatFollowsAMessageThatItLost) {
  start_with("scripted");
  send_email_saying("never");
  EXPECT_EQ(outcomes(message_when(send_email_saying("any"), "dispatched")), std::vector<std::string>{"success"});
}

}  // namespace
}  // namespace herald::test
