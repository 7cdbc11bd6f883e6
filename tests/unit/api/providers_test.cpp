// GET /api/providers and /api/providers/{name}.
#include <string>

#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

class ProvidersOverRest : public ApiTest {
 protected:
  void SetUp() override {
    domain::ProviderInfo sms;
    sms.name = "sms-mms";
    sms.version = "1.2.3";
    sms.channels = sms.active_channels = {domain::Channel::kSms, domain::Channel::kMms};
    sms.file_name = "libsms_mms.so";
    sms.sdk_version = "0.1.0";
    sms.abi_version = "1.0";
    sms.state = domain::ProviderState::kActive;
    domain::ProviderInfo broken;
    broken.name = broken.file_name = "broken.so";
    broken.reason = "no descriptor was found; build it with the SDK";
    providers_.plugins = {sms, broken};
    lanes_.lanes["sms-mms"] = {};
    reader_.depths = {{"email", 9, 9}, {"sms-mms", 5, 2}};
  }
};

TEST_F(ProvidersOverRest, AreListedInTheirOrder) {
  const auto answer = get("/api/providers");
  EXPECT_EQ(answer.status, 200);
  const auto items = parsed(answer).at("items");
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].at("name"), "sms-mms");
  EXPECT_EQ(items[1].at("name"), "broken.so");
}

TEST_F(ProvidersOverRest, HaveEveryMember) {
  metrics_.provider("sms-mms").attempts.add(7);
  metrics_.provider("sms-mms").stalled_seconds.set(31);
  metrics_.provider("sms-mms").success.add(4);
  metrics_.provider("sms-mms").rejected.add(3);
  const json expected = {
      {"name", "sms-mms"},
      {"version", "1.2.3"},
      {"channels", {"sms", "mms"}},
      {"active_channels", {"sms", "mms"}},
      {"file_name", "libsms_mms.so"},
      {"sdk_version", "0.1.0"},
      {"abi_version", "1.0"},
      {"state", "active"},
      {"reason", nullptr},
      {"refused_files", json::array()},
      {"breaker", {{"state", "closed"}, {"failures", 0}, {"opened_at", nullptr}, {"retry_at", nullptr}}},
      {"paced_until", nullptr},
      {"queue_depth", 5},
      {"in_flight", 2},
      {"stalled_seconds", 31},
      {"counters",
       {{"attempts", 7},
        {"success", 4},
        {"rate_limited", 0},
        {"error", 0},
        {"timeout", 0},
        {"rejected", 3},
        {"breaker_transitions", 0}}}};
  EXPECT_EQ(parsed(get("/api/providers/sms-mms")), expected);
}

TEST_F(ProvidersOverRest, ShowRefusedFilesOfTheirName) {
  domain::ProviderInfo successor;
  successor.name = "sms-mms";
  successor.file_name = "next.so";
  successor.version = "2.0.0";
  successor.state = domain::ProviderState::kRefused;
  successor.reason = "/key is required";
  providers_.plugins.push_back(successor);
  const auto body = parsed(get("/api/providers/sms-mms"));
  EXPECT_EQ(body.at("state"), "active");
  EXPECT_EQ(body.at("refused_files"),
            json::array({{{"file_name", "next.so"}, {"version", "2.0.0"}, {"reason", "/key is required"}}}));
  EXPECT_TRUE(parsed(get("/api/providers/broken.so")).at("refused_files").empty());
}

TEST_F(ProvidersOverRest, ShowTheirBreaker) {
  auto& lane = lanes_.lanes["sms-mms"];
  lane.breaker = domain::BreakerState::kHalfOpen;
  lane.consecutive_failures = 20;
  lane.opened_at = clock_.wall();
  lane.retry_at = clock_.wall() + std::chrono::seconds{30};
  lane.paced_until = clock_.wall() + std::chrono::seconds{1};
  const auto body = parsed(get("/api/providers/sms-mms"));
  EXPECT_EQ(body.at("breaker"), json({{"state", "half_open"},
                                      {"failures", 20},
                                      {"opened_at", "2026-01-01T00:00:00.000Z"},
                                      {"retry_at", "2026-01-01T00:00:30.000Z"}}));
  EXPECT_EQ(body.at("paced_until"), "2026-01-01T00:00:01.000Z");
}

TEST_F(ProvidersOverRest, SayWhyAFileIsRefused) {
  const auto body = parsed(get("/api/providers/broken.so"));
  EXPECT_EQ(body.at("state"), "refused");
  EXPECT_EQ(body.at("reason"), "no descriptor was found; build it with the SDK");
  EXPECT_TRUE(body.at("breaker").is_null());
  EXPECT_TRUE(body.at("counters").is_null());
}

TEST_F(ProvidersOverRest, KeepTheirNameAgainstARefusedFileThatClaimsIt) {
  providers_.plugins[1].name = "sms-mms";
  std::swap(providers_.plugins[0], providers_.plugins[1]);
  EXPECT_EQ(parsed(get("/api/providers/sms-mms")).at("state"), "active");
  const auto items = parsed(get("/api/providers")).at("items");
  EXPECT_EQ(items[0].at("queue_depth"), 0);
  EXPECT_EQ(items[1].at("queue_depth"), 5);
}

TEST_F(ProvidersOverRest, AreNotFoundUnderAnotherName) {
  for (const char* name : {"nobody", "SMS-MMS", "sms-mms%20", "%F0%9F%93%A8"})
    expect_problem(get(std::string("/api/providers/") + name), 404, "provider_not_found");
}

TEST_F(ProvidersOverRest, AreAnEmptyListWithoutPlugins) {
  providers_.plugins.clear();
  EXPECT_EQ(parsed(get("/api/providers")), json({{"items", json::array()}}));
}

TEST_F(ProvidersOverRest, AreUnavailableWhenTheStoreCannotRead) {
  reader_.error = base::Error{base::ErrorCode::kUnavailable, "SECRET"};
  expect_problem(get("/api/providers"), 503, "store_unavailable");
  expect_problem(get("/api/providers/sms-mms"), 503, "store_unavailable");
}

}  // namespace
}  // namespace herald::test
