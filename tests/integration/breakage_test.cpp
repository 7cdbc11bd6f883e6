// What goes on when parts are missing or fail: a provider that errs, a plugin folder that is not there, a broken file.
#include <fstream>

#include "integration/running_host.h"

namespace herald::test {
namespace {

class Breakage : public RunningHost {
 protected:
  // A plugin folder of the test's own with the built plugins in it.
  std::filesystem::path own_plugins() {
    auto own = folder() / "plugins";
    std::filesystem::create_directories(own);
    for (const auto& file : std::filesystem::directory_iterator(plugin_folder())) {
      if (file.path().extension() == ".so") std::filesystem::copy(file.path(), own / file.path().filename());
    }
    return own;
  }

  nlohmann::json provider(const std::string& name) { return get("/api/providers/" + name).json(); }
};

TEST_F(Breakage, ServesAndSaysSoWithoutAnyPlugin) {
  start({{"API_PLUGIN_DIR", (folder() / "nowhere").string()}});
  const auto answer = post("/api/messages/sms", sms());
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.json()["code"], "provider_missing");
  EXPECT_EQ(lines_when("intake.provider_missing", 1).size(), 1U);
  EXPECT_EQ(metrics()["invalid_routing"], 1);
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(Breakage, RefusesBrokenFilesWithAReasonAndServesWhatIsSound) {
  const auto plugins = own_plugins();
  std::ofstream(plugins / "a-text.so") << "not a library";
  std::filesystem::copy(plugins / "email.so", plugins / "z-twin.so");
  std::filesystem::copy("/lib/x86_64-linux-gnu/libz.so.1", plugins / "no-symbol.so");
  start({{"API_PLUGIN_DIR", plugins.string()}});

  const auto listed = get("/api/providers").json();
  std::map<std::string, nlohmann::json> by_file;
  for (const auto& item : listed["items"])
    by_file[item["file_name"]] = item;
  for (const char* file : {"a-text.so", "no-symbol.so", "z-twin.so"}) {
    EXPECT_EQ(by_file[file]["state"], "refused") << file << listed.dump(2);
    EXPECT_FALSE(by_file[file].value("reason", "").empty()) << file;
  }
  message_when(send_sms(), "dispatched");
  message_when(send_email(), "dispatched");
}

TEST_F(Breakage, OpensTheBreakerOfTheFailingProviderAlone) {
  start({{"API_PROVIDER_SMS_MMS_ERROR_PCT", "100"},
         {"API_BREAKER_ERROR_THRESHOLD", "5"},
         {"API_WORKER_BACKOFF_BASE_MS", "10"}});
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i)
    ids.push_back(send_sms());
  ASSERT_TRUE(eventually([this] { return provider("sms-mms")["breaker"]["state"] == "open"; })) << provider("sms-mms");
  message_when(send_email(), "dispatched");
  EXPECT_EQ(provider("email")["breaker"]["state"], "closed");
  EXPECT_EQ(metrics()["provider_sms_mms_breaker_transitions"], 1);
  EXPECT_EQ(metrics()["provider_email_breaker_transitions"], 0);

  // What is parked says what it waits for, and no attempt is spent on it.
  const auto parked = send_sms();
  EXPECT_TRUE(eventually([&] { return message(parked)["waiting_for"] == "breaker"; })) << message(parked);
  EXPECT_TRUE(message(parked)["attempts"].empty());
}

TEST_F(Breakage, ClosesTheBreakerAgainWhenTheProviderRecovers) {
  const RunningHost::Environment quick{
      {"API_BREAKER_ERROR_THRESHOLD", "2"}, {"API_BREAKER_OPEN_SECS", "1"},     {"API_BREAKER_HALF_OPEN_SAMPLES", "2"},
      {"API_WORKER_BACKOFF_BASE_MS", "10"}, {"API_WORKER_MAX_RETRIES", "1000"}, {"API_PROVIDER_ERROR_PCT", "60"},
      {"API_PROVIDER_SEED", "11"}};
  start(quick);
  std::vector<std::string> ids;
  for (int i = 0; i < 12; ++i)
    ids.push_back(send_sms());
  for (const auto& id : ids)
    message_when(id, "dispatched");
  EXPECT_GE(metrics()["provider_sms_mms_breaker_transitions"].get<int>(), 2);
}

TEST_F(Breakage, TakesUntilTheDeadlineForATimeout) {
  start({{"API_PROVIDER_TIMEOUT_PCT", "100"}, {"API_DISPATCH_TIMEOUT_MS", "300"}, {"API_WORKER_MAX_RETRIES", "0"}});
  const auto story = message_when(send_sms(), "failed");
  ASSERT_EQ(story["attempts"].size(), 1U);
  EXPECT_EQ(story["attempts"][0]["outcome"], "timeout");
  EXPECT_GE(story["attempts"][0]["latency_ms"].get<int>(), 300);
}

TEST_F(Breakage, ExpiresWhatCouldNotBeSentInItsTime) {
  start({{"API_PROVIDER_ERROR_PCT", "100"}, {"API_BREAKER_ERROR_THRESHOLD", "1"}, {"API_BREAKER_OPEN_SECS", "3600"}});
  send_sms();
  ASSERT_TRUE(eventually([this] { return provider("sms-mms")["breaker"]["state"] == "open"; }));
  auto message = sms();
  message["ttl_seconds"] = 1;
  message_when(send("/api/messages/sms", message), "expired");
}

TEST_F(Breakage, RejectsWhatTheQueueCannotHold) {
  start({{"API_DISPATCH", "off"}, {"API_QUEUE_MAX", "3"}});
  for (int i = 0; i < 3; ++i)
    send_sms();
  const auto answer = post("/api/messages/sms", sms());
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.headers.count("retry-after") == 1) << answer.body;
}

}  // namespace
}  // namespace herald::test
