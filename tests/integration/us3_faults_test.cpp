// Specification 006, story 3: mocks fail as often as they are told to, while the host runs.
#include "integration/fault_control.h"

namespace herald::test {
namespace {

class FaultsOnDemand : public FaultControl {
 protected:
  std::map<std::string, int> outcomes_of(const std::vector<std::string>& ids) {
    std::map<std::string, int> counts;
    for (const auto& id : ids) {
      for (const auto& outcome : outcomes(settled(id)))
        ++counts[outcome];
    }
    return counts;
  }
};

TEST_F(FaultsOnDemand, ShowWhatTheSettingsSay) {
  start({{"API_PROVIDER_TIMEOUT_PCT", "1"},
         {"API_PROVIDER_ERROR_PCT", "2"},
         {"API_PROVIDER_SEED", "7"},
         {"API_PROVIDER_EMAIL_ERROR_PCT", "50"}});
  EXPECT_EQ(faults(), nlohmann::json::parse(R"({"timeout_pct":1,"error_pct":2,"ratelimit_pct":0,"seed":7,
                                                "providers":{"email":{"error_pct":50}}})"));
}

TEST_F(FaultsOnDemand, AreReplacedWholeFromTheNextDispatchOn) {
  start({{"API_WORKER_MAX_RETRIES", "0"}, {"API_PROVIDER_SEED", "7"}});
  message_when(send_sms(), "dispatched");
  ASSERT_EQ(put_faults({{"timeout_pct", 0}, {"error_pct", 100}, {"ratelimit_pct", 0}}).status, 200);
  EXPECT_EQ(faults(), profile(0, 100, 0)) << "the former seed is not in the new document";
  message_when(send_sms(), "failed");
  put_faults(profile(0, 0, 0));
  message_when(send_sms(), "dispatched");
}

TEST_F(FaultsOnDemand, RefusePercentagesOverAHundredAndKeepTheFormer) {
  start();
  put_faults(profile(10, 20, 30));
  auto of_one = profile(10, 20, 30);
  of_one["providers"]["email"]["error_pct"] = 61;
  for (const auto& bad : {profile(50, 50, 1), profile(0, 101, 0), of_one}) {
    EXPECT_EQ(put_faults(bad).status, 400) << bad;
    EXPECT_EQ(faults(), profile(10, 20, 30));
  }
  of_one["providers"]["email"]["error_pct"] = 60;
  EXPECT_EQ(put_faults(of_one).status, 200);
}

TEST_F(FaultsOnDemand, RefuseAProfileThatIsNotWhole) {
  start();
  for (const char* bad :
       {R"({})", R"({"timeout_pct":0,"error_pct":0})", R"({"timeout_pct":0,"error_pct":1.5,"ratelimit_pct":0})",
        R"({"timeout_pct":0,"error_pct":"1","ratelimit_pct":0})",
        R"({"timeout_pct":0,"error_pct":-1,"ratelimit_pct":0})",
        R"({"timeout_pct":0,"error_pct":0,"ratelimit_pct":0,"seed":-1})", R"([])", R"(7)"}) {
    EXPECT_EQ(put_faults(nlohmann::json::parse(bad)).status, 400) << bad;
  }
}

TEST_F(FaultsOnDemand, RefuseAProviderThatInjectsNone) {
  start();
  auto document = profile(0, 0, 0);
  document["providers"]["nobody"] = {{"error_pct", 1}};
  const auto answer = put_faults(document);
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.body.find("nobody"), std::string::npos) << answer.body;
}

TEST_F(FaultsOnDemand, OverrideSingleFieldsForOneProvider) {
  start({{"API_WORKER_MAX_RETRIES", "0"}});
  auto document = profile(0, 100, 0);
  document["providers"]["email"]["error_pct"] = 0;
  ASSERT_EQ(put_faults(document).json(), document);
  message_when(send_sms(), "failed");
  message_when(send_email(), "dispatched");
}

TEST_F(FaultsOnDemand, MeetTheirSharesOverFiveHundredAttempts) {
  start({{"API_WORKER_MAX_RETRIES", "0"}, {"API_BREAKER_ERROR_THRESHOLD", "1000000"}});
  put_faults(profile(0, 30, 10));
  std::vector<std::string> ids;
  for (int i = 0; i < 500; ++i)
    ids.push_back(send_sms());
  auto counts = outcomes_of(ids);
  EXPECT_NEAR(counts["error"], 150, 25);
  EXPECT_NEAR(counts["rate_limited"], 50, 25);
  EXPECT_NEAR(counts["success"], 300, 25);
}

TEST_F(FaultsOnDemand, OpenTheBreakerAndLetItCloseAgain) {
  start({{"API_BREAKER_ERROR_THRESHOLD", "3"},
         {"API_BREAKER_OPEN_SECS", "1"},
         {"API_BREAKER_HALF_OPEN_SAMPLES", "2"},
         {"API_WORKER_MAX_RETRIES", "1000"},
         {"API_WORKER_BACKOFF_BASE_MS", "10"},
         {"API_WORKER_BACKOFF_MAX_MS", "50"}});
  put_faults(profile(0, 100, 0));
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i)
    ids.push_back(send_sms());
  ASSERT_TRUE(eventually([this] { return breaker("sms-mms") == "open"; })) << breaker("sms-mms");
  put_faults(profile(0, 0, 0));
  for (const auto& id : ids)
    message_when(id, "dispatched");
  EXPECT_TRUE(eventually([this] { return breaker("sms-mms") == "closed"; })) << breaker("sms-mms");

  std::vector<std::string> states;
  EXPECT_TRUE(eventually([&] {
    states.clear();
    for (const auto& line : host().log_of("breaker.transition"))
      states.push_back(line["to"]);
    return !states.empty() && states.back() == "closed";
  })) << host().raw_log();
  ASSERT_GE(states.size(), 3U);
  EXPECT_EQ(states.front(), "open");
  EXPECT_EQ(states[states.size() - 2], "half_open");
  EXPECT_TRUE(eventually([&] { return metrics()["breaker_transitions"] == states.size(); })) << metrics();
}

TEST_F(FaultsOnDemand, OpenTheBreakerWithinASecondOfItsThreshold) {
  start({{"API_BREAKER_ERROR_THRESHOLD", "3"}, {"API_BREAKER_OPEN_SECS", "3600"}, {"API_WORKER_MAX_RETRIES", "0"}});
  put_faults(profile(0, 100, 0));
  for (int i = 0; i < 3; ++i)
    message_when(send_sms(), "failed");
  EXPECT_TRUE(eventually([this] { return breaker("sms-mms") == "open"; }, std::chrono::seconds{1}));
  EXPECT_TRUE(eventually([this] { return metrics()["breaker_transitions"] == 1; }, std::chrono::milliseconds{500}));
  EXPECT_EQ(metrics()["provider_sms_mms_breaker_transitions"], 1);
  const auto text = get("/metrics").body;
  EXPECT_NE(text.find("herald_breaker_transitions_total{provider=\"sms-mms\"} 1"), std::string::npos) << text;
}

TEST_F(FaultsOnDemand, CloseTheBreakerAfterItsMinimumOfTrials) {
  start({{"API_BREAKER_ERROR_THRESHOLD", "3"},
         {"API_BREAKER_OPEN_SECS", "1"},
         {"API_BREAKER_HALF_OPEN_SAMPLES", "3"},
         {"API_WORKER_MAX_RETRIES", "0"}});
  put_faults(profile(0, 100, 0));
  for (int i = 0; i < 3; ++i)
    message_when(send_sms(), "failed");
  ASSERT_TRUE(eventually([this] { return breaker("sms-mms") == "open"; }));
  put_faults(profile(0, 0, 0));
  for (int trial = 1; trial <= 2; ++trial) {
    message_when(send_sms(), "dispatched");
    EXPECT_EQ(breaker("sms-mms"), "half_open") << trial;
  }
  message_when(send_sms(), "dispatched");
  EXPECT_TRUE(eventually([this] { return breaker("sms-mms") == "closed"; })) << breaker("sms-mms");
  EXPECT_TRUE(eventually([this] { return metrics()["breaker_transitions"] == 3; })) << metrics();
}

TEST_F(FaultsOnDemand, ThatAlternateWithSuccessesOpenNoBreaker) {
  start({{"API_BREAKER_ERROR_THRESHOLD", "2"}, {"API_WORKER_MAX_RETRIES", "0"}});
  for (int i = 0; i < 10; ++i) {
    put_faults(profile(0, 100, 0));
    message_when(send_sms(), "failed");
    put_faults(profile(0, 0, 0));
    message_when(send_sms(), "dispatched");
  }
  EXPECT_TRUE(eventually([this] { return metrics()["dispatch_attempts"] == 20; }));
  EXPECT_EQ(breaker("sms-mms"), "closed");
  EXPECT_EQ(metrics()["breaker_transitions"], 0);
  EXPECT_TRUE(host().log_of("breaker.transition").empty());
}

TEST_F(FaultsOnDemand, OfRateLimitsOpenNoBreaker) {
  start({{"API_BREAKER_ERROR_THRESHOLD", "1"}, {"API_WORKER_MAX_RETRIES", "0"}});
  put_faults(profile(0, 0, 100));
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(outcomes(message_when(send_sms(), "failed")), std::vector<std::string>{"rate_limited"});
  EXPECT_EQ(breaker("sms-mms"), "closed");
  EXPECT_EQ(metrics()["breaker_transitions"], 0);
}

TEST_F(FaultsOnDemand, StartTheirSequenceAnewWithASeed) {
  start({{"API_WORKER_MAX_RETRIES", "0"}, {"API_BREAKER_ERROR_THRESHOLD", "1000000"}});
  auto seeded = profile(0, 50, 0);
  seeded["seed"] = 4711;
  const auto play = [&] {
    EXPECT_EQ(put_faults(seeded).status, 200);
    std::vector<std::string> statuses;
    for (int i = 0; i < 40; ++i)
      statuses.push_back(settled(send_sms())["status"]);
    return statuses;
  };
  const auto first = play();
  EXPECT_EQ(play(), first);
}

TEST_F(FaultsOnDemand, AreCountedByOutcome) {
  start(
      {{"API_WORKER_MAX_RETRIES", "0"}, {"API_DISPATCH_TIMEOUT_MS", "50"}, {"API_BREAKER_ERROR_THRESHOLD", "1000000"}});
  for (const auto& mix : {profile(100, 0, 0), profile(0, 100, 0), profile(0, 0, 100), profile(0, 0, 0)}) {
    put_faults(mix);
    settled(send_sms());
  }
  EXPECT_TRUE(eventually([this] { return metrics()["dispatch_attempts"] == 4; }));
  const auto counted = metrics();
  EXPECT_EQ(counted["dispatch_error"], 2);
  EXPECT_EQ(counted["dispatch_rate_limited"], 1);
  EXPECT_EQ(counted["dispatch_success"], 1);
  EXPECT_EQ(counted["provider_sms_mms_attempts"], 4);
  EXPECT_EQ(counted["provider_email_attempts"], 0);
}

}  // namespace
}  // namespace herald::test
