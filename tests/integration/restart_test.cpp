// What survives a restart: everything that was acknowledged.
#include <atomic>
#include <csignal>
#include <thread>

#include "integration/running_host.h"

namespace herald::test {
namespace {

class Restart : public RunningHost {
 protected:
  // Every one of these reaches `status`.
  void expect_all(const std::vector<std::string>& ids, const std::string& status) {
    for (const auto& id : ids)
      message_when(id, status);
  }
};

TEST_F(Restart, DispatchesWhatWasQueuedWhenTheHostWasKilled) {
  start({{"API_DISPATCH", "off"}});
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i)
    ids.push_back(i % 2 == 0 ? send_sms() : send_email());
  host().kill();
  start();
  expect_all(ids, "dispatched");
}

TEST_F(Restart, LosesNothingWhenKilledInTheMiddleOfSendingAndDispatching) {
  start({{"API_PROVIDER_ERROR_PCT", "20"},
         {"API_PROVIDER_SEED", "7"},
         {"API_WORKER_BACKOFF_BASE_MS", "5"},
         {"API_WORKER_MAX_RETRIES", "1000"},
         {"API_BREAKER_ERROR_THRESHOLD", "1000000"}});
  std::vector<std::string> acknowledged;
  std::thread sender([&] {
    HttpClient own;
    for (int i = 0; i < 5000; ++i) {
      const auto answer = own.post(host().url("/api/messages/sms"), sms());
      if (answer.status != 202) return;
      acknowledged.push_back(answer.json()["id"]);
    }
  });
  EXPECT_TRUE(eventually([this] { return metrics().value("dispatch_success", 0) >= 50; }));
  ::kill(host().pid(), SIGKILL);
  sender.join();
  host().kill();
  ASSERT_GE(acknowledged.size(), 50U);

  start({{"API_WORKER_BACKOFF_BASE_MS", "5"}});
  expect_all(acknowledged, "dispatched");
}

TEST_F(Restart, ResendsWhatWasInFlightAsTheSameAttempt) {
  start({{"API_PROVIDER_TIMEOUT_PCT", "100"}, {"API_DISPATCH_TIMEOUT_MS", "60000"}});
  const auto id = send_sms();
  message_when(id, "dispatching");
  host().kill();
  start();
  const auto story = message_when(id, "dispatched");
  ASSERT_EQ(story["attempts"].size(), 1U) << story.dump(2);
  EXPECT_EQ(story["attempts"][0]["number"], 1);
}

TEST_F(Restart, HoldsWhatWasInFlightWhenToldTo) {
  start({{"API_PROVIDER_TIMEOUT_PCT", "100"}, {"API_DISPATCH_TIMEOUT_MS", "60000"}});
  const auto id = send_sms();
  message_when(id, "dispatching");
  host().kill();
  start({{"API_UNCERTAIN_POLICY", "hold"}});
  EXPECT_EQ(message_when(id, "failed")["error_code"], "uncertain");
}

TEST_F(Restart, DrainsOnTermAndExitsWithZero) {
  start();
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i)
    ids.push_back(send_sms());
  const auto exit = host().terminate();
  EXPECT_EQ(exit.code, 0) << host().raw_log();
  EXPECT_EQ(exit.signal, 0);
  start();
  expect_all(ids, "dispatched");
}

TEST_F(Restart, AnswersWhatIsInFlightWhenItIsTerminated) {
  start();
  std::atomic<int> answered{0};
  std::atomic<int> accepted{0};
  std::atomic<bool> refused{false};
  std::thread sender([&] {
    HttpClient own;
    while (!refused) {
      const auto answer = own.post(host().url("/api/messages/sms"), sms());
      if (answer.status == 202) ++accepted;
      if (answer.status == 202 || answer.status == 503) ++answered;
      if (answer.status != 202) refused = true;
    }
  });
  EXPECT_TRUE(eventually([&] { return accepted >= 20; }));
  EXPECT_EQ(host().terminate().code, 0);
  sender.join();

  start();
  EXPECT_TRUE(eventually([&] {
    const auto counted = get("/api/providers/sms-mms").json();
    return counted["queue_depth"] == 0 && counted["in_flight"] == 0;
  })) << get("/api/providers/sms-mms").body;
}

TEST_F(Restart, RefusesASecondHostOnTheSameData) {
  start();
  HostProcess second(HostSetup{folder() / "data", {}, {}});
  const auto exit = second.wait_for_exit();
  EXPECT_EQ(exit.code, 1);
  EXPECT_NE(second.raw_log().find(std::to_string(host().pid())), std::string::npos) << second.raw_log();
  EXPECT_EQ(get("/readyz").status, 200);
}

TEST_F(Restart, GoesOnWithRetriesThatWereDueLater) {
  start({{"API_PROVIDER_ERROR_PCT", "100"},
         {"API_WORKER_BACKOFF_BASE_MS", "200"},
         {"API_WORKER_MAX_RETRIES", "1000"},
         {"API_BREAKER_ERROR_THRESHOLD", "1000000"}});
  const auto id = send_sms();
  ASSERT_TRUE(eventually([&] { return message(id)["attempts"].size() >= 2; }));
  host().kill();
  start();
  const auto story = message_when(id, "dispatched");
  EXPECT_GE(story["attempts"].size(), 3U);
  EXPECT_EQ(story["attempts"].back()["outcome"], "success");
}

}  // namespace
}  // namespace herald::test
