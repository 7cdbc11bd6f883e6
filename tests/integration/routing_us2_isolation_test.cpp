// Specification 008, story 2: failure stays where it is.
#include "integration/fault_control.h"

namespace herald::test {
namespace {

class BreakerIsolation : public FaultControl {
 protected:
  static constexpr int kThreshold = 5;

  // sms-mms fails every dispatch, by errors unless told otherwise; `open_secs` is how long its breaker stays open.
  void start_failing(const std::string& open_secs, const std::string& how = "ERROR") {
    start({{"API_PROVIDER_SMS_MMS_" + how + "_PCT", "100"},
           {"API_BREAKER_ERROR_THRESHOLD", std::to_string(kThreshold)},
           {"API_BREAKER_OPEN_SECS", open_secs},
           {"API_DISPATCH_TIMEOUT_MS", "50"},
           {"API_WORKER_MAX_RETRIES", "1000"},
           {"API_WORKER_BACKOFF_BASE_MS", "5"},
           {"API_WORKER_BACKOFF_MAX_MS", "50"}});
  }
  std::vector<std::string> send_many_sms(int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i)
      ids.push_back(send_sms());
    return ids;
  }
  void wait_until_open() {
    ASSERT_TRUE(eventually([this] { return breaker("sms-mms") == "open"; })) << provider("sms-mms").dump(2);
  }
};

TEST_F(BreakerIsolation, OpensTheBreakerOfTheFailingProviderAlone) {
  start_failing("3600");
  send_many_sms(20);
  wait_until_open();
  EXPECT_EQ(breaker("email"), "closed");
  EXPECT_FALSE(provider("sms-mms")["breaker"]["retry_at"].is_null());
  EXPECT_GE(provider("sms-mms")["breaker"]["failures"].get<int>(), kThreshold);
}

TEST_F(BreakerIsolation, DispatchesEveryEmailAtItsFirstAttempt) {
  start_failing("3600");
  std::vector<std::string> emails;
  for (int i = 0; i < 50; ++i) {
    send_sms();
    emails.push_back(send_email());
  }
  for (const auto& id : emails)
    EXPECT_EQ(outcomes(message_when(id, "dispatched")), std::vector<std::string>{"success"});
  EXPECT_EQ(breaker("email"), "closed");
}

TEST_F(BreakerIsolation, CountsTransitionsOfTheFailingProviderAlone) {
  start_failing("3600");
  send_many_sms(20);
  message_when(send_email(), "dispatched");
  wait_until_open();
  EXPECT_TRUE(eventually([this] { return metrics()["provider_sms_mms_breaker_transitions"] == 1; })) << metrics();
  EXPECT_EQ(metrics()["provider_email_breaker_transitions"], 0);
  EXPECT_EQ(metrics()["breaker_transitions"], 1);
  EXPECT_EQ(metrics()["breaker_open"], 1);
  const auto lines = lines_when("breaker.transition", 1);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["provider_name"], "sms-mms");
}

TEST_F(BreakerIsolation, ParksWithoutSpendingAnAttempt) {
  start_failing("3600");
  send_many_sms(kThreshold * 2);
  wait_until_open();
  const auto parked = send_many_sms(10);
  for (const auto& id : parked) {
    EXPECT_TRUE(eventually([&] { return message(id)["waiting_for"] == "breaker"; })) << message(id).dump(2);
    EXPECT_EQ(message(id)["status"], "pending");
    EXPECT_TRUE(message(id)["attempts"].empty());
  }
}

TEST_F(BreakerIsolation, RecoversAndDispatchesWhatWaited) {
  start_failing("1");
  const auto ids = send_many_sms(30);
  wait_until_open();
  ASSERT_EQ(put_faults(profile(0, 0, 0)).status, 200);
  for (const auto& id : ids)
    message_when(id, "dispatched");
  EXPECT_TRUE(eventually([this] { return breaker("sms-mms") == "closed"; }));
  EXPECT_TRUE(eventually([this] { return metrics()["breaker_open"] == 0; }));
  EXPECT_GE(metrics()["provider_sms_mms_breaker_transitions"].get<int>(), 3);
  EXPECT_EQ(metrics()["provider_email_breaker_transitions"], 0);
}

TEST_F(BreakerIsolation, OpensAgainWhileTheProviderKeepsFailing) {
  start_failing("1");
  const auto ids = send_many_sms(10);
  // Open, half-open, and open again: one failed trial is enough.
  EXPECT_TRUE(eventually([this] { return metrics()["provider_sms_mms_breaker_transitions"] >= 3; })) << metrics();
  for (const auto& id : ids)
    EXPECT_TRUE(message(id)["status"] == "pending" || message(id)["status"] == "dispatching") << message(id);
}

TEST_F(BreakerIsolation, HoldsForTimeoutsToo) {
  start_failing("3600", "TIMEOUT");
  send_many_sms(20);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(outcomes(message_when(send_email(), "dispatched")), std::vector<std::string>{"success"});
  wait_until_open();
  EXPECT_EQ(breaker("email"), "closed");
}

}  // namespace
}  // namespace herald::test
