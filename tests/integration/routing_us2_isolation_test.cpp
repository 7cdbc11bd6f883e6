// Specification 008, story 2: failure stays where it is.
#include <algorithm>
#include <chrono>
#include <cstdint>

#include "integration/fault_control.h"

namespace herald::test {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

// Of a time such as 2026-01-01T12:05:00.123Z.
std::int64_t ms_of_day(const std::string& time) {
  const auto part = [&time](std::size_t at, std::size_t length) { return std::stoll(time.substr(at, length)); };
  return ((part(11, 2) * 60 + part(14, 2)) * 60 + part(17, 2)) * 1000 + part(20, 3);
}

class BreakerIsolation : public FaultControl {
 protected:
  static constexpr int kThreshold = 10;

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
  // From acceptance to outcome, of 40 emails: what 95 % of them stay within.
  std::chrono::milliseconds p95_of_emails() {
    std::vector<std::string> ids;
    for (int i = 0; i < 40; ++i)
      ids.push_back(send_email());
    std::vector<std::int64_t> took;
    for (const auto& id : ids) {
      const auto story = message_when(id, "dispatched");
      const auto& attempt = story["attempts"].at(0);
      const auto waited = ms_of_day(attempt["started_at"]) - ms_of_day(story["accepted_at"]);
      took.push_back((waited + kDayMs) % kDayMs + attempt["latency_ms"].get<std::int64_t>());
    }
    std::sort(took.begin(), took.end());
    return std::chrono::milliseconds{took.at(took.size() * 95 / 100)};
  }
  void wait_until_open() {
    ASSERT_TRUE(eventually([this] { return breaker("sms-mms") == "open"; })) << provider("sms-mms").dump(2);
  }
};

TEST_F(BreakerIsolation, OpensTheBreakerOfTheFailingProviderAlone) {
  start_failing("3600");
  send_many_sms(20);
  wait_until_open();
  EXPECT_GE(metrics()["provider_sms_mms_error"].get<int>(), kThreshold);
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

TEST_F(BreakerIsolation, LeavesTheLatencyOfTheOtherProviderAsItWas) {
  start_failing("1");
  put_faults(profile(0, 0, 0));
  const auto before = p95_of_emails();
  put_faults(
      {{"timeout_pct", 0}, {"error_pct", 0}, {"ratelimit_pct", 0}, {"providers", {{"sms-mms", {{"error_pct", 100}}}}}});
  send_many_sms(30);
  wait_until_open();
  const auto during = p95_of_emails();
  EXPECT_LE(during.count(), before.count() + 250) << "milliseconds, before " << before.count();
  EXPECT_EQ(breaker("email"), "closed");
  EXPECT_GE(metrics()["provider_sms_mms_error"].get<int>(), kThreshold);
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
  for (const auto& id : ids) {
    const auto story = message(id);
    EXPECT_TRUE(story["status"] == "pending" || story["status"] == "dispatching") << story;
  }
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
