// Changes of the plugin folder that meet other things: webhooks, operators, a breaker, a hanging plugin, the host's
// end.
#include <atomic>
#include <functional>
#include <thread>

#include "integration/plugin_host.h"

namespace herald::test {
namespace {

using Versions = std::vector<std::string>;

// Repeats something on a thread of its own, until it goes out of scope.
class Meanwhile {
 public:
  explicit Meanwhile(std::function<void()> again)
      : thread_([this, again = std::move(again)] {
          while (!ending_)
            again(), ++done_;
        }) {}
  ~Meanwhile() {
    ending_ = true;
    thread_.join();
  }
  Meanwhile(const Meanwhile&) = delete;
  Meanwhile& operator=(const Meanwhile&) = delete;

  // Waits for one that has begun after this call.
  bool once_more() {
    const int now = done_;
    return eventually([this, now] { return done_ >= now + 2; });
  }

 private:
  std::atomic<bool> ending_{false};
  std::atomic<int> done_{0};
  std::thread thread_;
};

class PluginRace : public PluginHost {};

TEST_F(PluginRace, AnswersEveryWebhookThroughAnUpgrade) {
  drop("100");
  start_here();
  HttpClient carrier;
  std::atomic<int> turned_away{0};
  const auto call = [&] {
    const auto answer = carrier.post(host().url("/api/providers/recorder/webhook/slow"), nlohmann::json::object());
    if (answer.status != 200) ++turned_away;
  };
  {
    Meanwhile calling(call);
    ASSERT_TRUE(eventually([&] { return metrics().contains("provider_recorder_attempts"); }));
    for (const char* version : {"101", "102", "103"}) {
      drop(version);
      expect_running(version);
    }
    EXPECT_TRUE(calling.once_more());
  }
  EXPECT_EQ(turned_away, 0);
  EXPECT_EQ(post("/api/providers/recorder/webhook", nlohmann::json::object()).body, "103.0.0");
}

TEST_F(PluginRace, SurvivesAnOperatorsChangesDuringRemovals) {
  drop("100");
  start_here();
  HttpClient operators;
  std::atomic<int> odd{0};
  std::atomic<int> last_odd{0};
  {
    Meanwhile configuring([&] {
      const auto answer = operators.request("PUT", host().url("/api/providers/recorder/config"), R"({"note":"x"})",
                                            {"Content-Type: application/json"});
      // Changed, not there, or just being started.
      if (answer.status == 200 || answer.status == 404 || answer.status == 503) return;
      last_odd = answer.status;
      ++odd;
    });
    for (const char* version : {"101", "102", "103"}) {
      take_away();
      expect_gone();
      drop(version);
      expect_running(version);
    }
    EXPECT_TRUE(configuring.once_more());
  }
  EXPECT_EQ(odd, 0) << "one was answered " << last_odd;
  message_when(send_email(), "dispatched");
}

TEST_F(PluginRace, LeavesTheBreakerAsItIsInAnUpgrade) {
  drop("100");
  start_here(
      {{"API_BREAKER_ERROR_THRESHOLD", "2"}, {"API_BREAKER_OPEN_SECS", "600"}, {"API_WORKER_BACKOFF_BASE_MS", "10"}});
  send_body("fail");
  send_body("fail");
  ASSERT_TRUE(eventually([this] { return recorder()["breaker"]["state"] == "open"; })) << recorder();
  drop("101");
  expect_running("101");
  EXPECT_EQ(recorder()["breaker"]["state"], "open");
}

TEST_F(PluginRace, TakesTheLastOfTwoFilesThatComeOneAfterTheOther) {
  drop("100");
  start_here();
  drop("101");
  drop("102");
  expect_running("102");
  const auto id = send_email();
  message_when(id, "dispatched");
  EXPECT_EQ(versions_that_sent(id), Versions{"102"});
}

TEST_F(PluginRace, TakesUpAProviderThatReturnsWhileItDrains) {
  drop("100");
  start_here();
  const auto id = send_body("slow");
  ASSERT_TRUE(eventually([&] { return versions_that_sent(id).size() == 1; }));
  take_away();
  ASSERT_TRUE(eventually([this] { return !host().log_of("provider.leaving").empty(); }, std::chrono::seconds{30}));
  drop("101");
  expect_running("101");
  EXPECT_EQ(message_when(id, "dispatched")["attempts"].size(), 1U);
}

TEST_F(PluginRace, LeavesAVersionBehindThatHangsInItsStop) {
  drop("100", "recorder_stuck");
  start_here();
  drop("101");
  expect_running("101");
  message_when(send_email(), "dispatched");
  EXPECT_EQ(lines_when("provider.abandoned", 1).size(), 1U);
  drop("102");
  expect_running("102");
  const auto exit = host().terminate();
  EXPECT_EQ(exit.code, 0);
  EXPECT_EQ(host().log_of("herald.stopped").size(), 1U);
}

TEST_F(PluginRace, EndsWithTheHostAlthoughAnUpgradeHangs) {
  drop("100");
  start_here();
  drop("101", "recorder_slow");
  lines_when("provider.starting", 2);  // said when it is about to be started
  message_when(send_email(), "dispatched");
  EXPECT_EQ(host().terminate().code, 0);
  EXPECT_EQ(host().log_of("herald.stopped").size(), 1U);
  EXPECT_TRUE(host().log_of("provider.refused").empty()) << "the host's end is no fault of the file's";
}

TEST_F(PluginRace, FinishesADrainWhenTheHostStops) {
  drop("100");
  start_here();
  const auto id = send_body("slow");
  ASSERT_TRUE(eventually([&] { return versions_that_sent(id).size() == 1; }));
  drop("101");
  lines_when("provider.upgraded", 1);
  EXPECT_EQ(host().terminate().code, 0);
  start_here();
  message_when(id, "dispatched");
  EXPECT_EQ(versions_that_sent(id), Versions{"100"});
}

TEST_F(PluginRace, FinishesARemovalWhenTheHostStops) {
  drop("100");
  start_here();
  const auto id = send_body("slow");
  ASSERT_TRUE(eventually([&] { return versions_that_sent(id).size() == 1; }));
  take_away();
  lines_when("provider.leaving", 1);
  EXPECT_EQ(host().terminate().code, 0);
  start_here();
  EXPECT_EQ(message(id)["status"], "dispatched");
}

}  // namespace
}  // namespace herald::test
