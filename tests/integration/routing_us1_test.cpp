// Specification 008, story 1: each channel goes to its provider, and everything says which.
#include <filesystem>

#include "integration/fault_control.h"

namespace herald::test {
namespace {

class RoutingByChannel : public FaultControl {
 protected:
  std::string send_mms() { return send("/api/messages/sms", mms()); }

  // A plugin folder of the test's own with the built plugins in it, and perhaps one that takes emails too.
  std::string own_plugins(bool with_rival) {
    const auto own = folder() / "plugins";
    std::filesystem::create_directories(own);
    for (const auto& file : std::filesystem::directory_iterator(plugin_folder())) {
      if (file.path().extension() == ".so")
        std::filesystem::copy_file(file.path(), own / file.path().filename(),
                                   std::filesystem::copy_options::overwrite_existing);
    }
    if (with_rival)
      std::filesystem::copy_file(abi_plugin_folder() / "scripted.so", own / "a_rival.so",
                                 std::filesystem::copy_options::overwrite_existing);
    return own.string();
  }
  // The name of the plugin in this file.
  std::string name_in(const std::string& file) {
    const auto listed = get("/api/providers").json();
    for (const auto& item : listed["items"]) {
      if (item["file_name"] == file) return item["name"];
    }
    ADD_FAILURE() << file << " is not listed: " << listed.dump(2);
    return "";
  }
  HttpAnswer order(const std::string& name, const std::string& what) {
    return post("/api/providers/" + name + "/" + what, nullptr);
  }
};

TEST_F(RoutingByChannel, DispatchesEachChannelThroughItsProvider) {
  start();
  EXPECT_EQ(message_when(send_sms(), "dispatched")["provider_name"], "sms-mms");
  EXPECT_EQ(message_when(send_mms(), "dispatched")["provider_name"], "sms-mms");
  EXPECT_EQ(message_when(send_email(), "dispatched")["provider_name"], "email");
}

TEST_F(RoutingByChannel, ShowsWhoTakesWhat) {
  start();
  EXPECT_EQ(provider("sms-mms")["active_channels"], nlohmann::json({"sms", "mms"}));
  EXPECT_EQ(provider("email")["active_channels"], nlohmann::json({"email"}));
  EXPECT_EQ(provider("email")["state"], "active");
  EXPECT_EQ(get("/api/providers/fax").status, 404);
}

TEST_F(RoutingByChannel, RecordsTheProviderOnTheMessageAndItsAttempts) {
  start({{"API_DISPATCH", "off"}});
  const auto id = send_email();
  EXPECT_EQ(message(id)["provider_name"], "email") << "known from the acceptance on";
  host().kill();
  start();
  const auto story = message_when(id, "dispatched");
  ASSERT_EQ(story["attempts"].size(), 1U);
  EXPECT_EQ(story["attempts"][0]["provider_name"], "email");
}

TEST_F(RoutingByChannel, LogsProviderAndOutcomeOfEveryDispatch) {
  start();
  const auto expected = std::map<std::string, std::pair<std::string, std::string>>{
      {send_sms(), {"sms-mms", "sms"}}, {send_mms(), {"sms-mms", "mms"}}, {send_email(), {"email", "email"}}};
  for (const auto& [id, labels] : expected)
    EXPECT_EQ(message_when(id, "dispatched")["channel"], labels.second);
  const auto lines = lines_when("dispatch.settled", 3);
  EXPECT_EQ(lines.size(), 3U);
  for (const auto& line : lines) {
    EXPECT_EQ(line["provider_name"], expected.at(line["message_id"]).first) << line;
    EXPECT_EQ(line["channel"], expected.at(line["message_id"]).second) << line;
    EXPECT_EQ(line["outcome"], "success");
  }
}

TEST_F(RoutingByChannel, CountsForEachProviderApart) {
  start();
  for (const char* provider : {"sms_mms", "email"}) {
    for (const char* counter : {"attempts", "success", "rate_limited", "error", "breaker_transitions"})
      EXPECT_EQ(metrics()[std::string("provider_") + provider + "_" + counter], 0) << provider << counter;
  }
  message_when(send_sms(), "dispatched");
  message_when(send_mms(), "dispatched");
  message_when(send_email(), "dispatched");
  ASSERT_TRUE(eventually([this] { return metrics()["dispatch_attempts"] == 3; }));
  EXPECT_EQ(metrics()["provider_sms_mms_success"], 2);
  EXPECT_EQ(metrics()["provider_email_success"], 1);
}

TEST_F(RoutingByChannel, LeavesTheAnswersOfClientsAlone) {
  start({{"API_DISPATCH", "off"}});
  for (const auto& [path, body] : {std::pair{"/api/messages/sms", sms()}, std::pair{"/api/messages/email", email()}}) {
    const auto answer = post(path, body);
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(answer.json().size(), 2U) << answer.body;
  }
}

TEST_F(RoutingByChannel, RefusesAChannelThatNobodyTakes) {
  start({{"API_ROUTE_EMAIL", "nobody"}});
  EXPECT_EQ(lines_when("provider.channel_unserved", 1).size(), 1U);
  for (int i = 1; i <= 3; ++i) {
    const auto answer = post("/api/messages/email", email());
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.json()["code"], "provider_missing");
    const auto told = static_cast<std::size_t>(i);
    EXPECT_EQ(lines_when("intake.provider_missing", told).size(), told);
    EXPECT_EQ(metrics()["invalid_routing"], i);
  }
  EXPECT_TRUE(get("/api/messages").json()["items"].empty());
  message_when(send_sms(), "dispatched");
}

TEST_F(RoutingByChannel, RefusesAChannelThatNobodyTakesAtOnce) {
  start({{"API_ROUTE_EMAIL", "nobody"}});
  constexpr int kRequests = 100;
  int in_time = 0;
  for (int i = 0; i < kRequests; ++i) {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(post("/api/messages/email", email()).status, 500);
    if (std::chrono::steady_clock::now() - began < std::chrono::milliseconds{100}) ++in_time;
  }
  EXPECT_GE(in_time * 100, 95 * kRequests);
}

TEST_F(RoutingByChannel, KeepsWhatWaitsForAProviderThatWentAway) {
  start({{"API_DISPATCH", "off"}});
  const auto waiting = send_email();
  auto short_lived = email();
  short_lived["ttl_seconds"] = 5;
  const auto expiring = send("/api/messages/email", short_lived);
  host().kill();

  const auto empty = folder() / "no plugins";
  std::filesystem::create_directories(empty);
  start({{"API_PLUGIN_DIR", empty.string()}});
  EXPECT_EQ(lines_when("delivery.provider_missing", 1)[0]["provider_name"], "email");
  EXPECT_EQ(message(waiting)["waiting_for"], "provider");
  // Until it has expired, the other one is looked at many times.
  EXPECT_TRUE(message_when(expiring, "expired")["attempts"].empty());
  EXPECT_EQ(message(waiting)["status"], "pending");
  EXPECT_TRUE(message(waiting)["attempts"].empty());
  EXPECT_EQ(host().log_of("delivery.provider_missing").size(), 1U);
  EXPECT_EQ(metrics()["invalid_routing"], 2) << "each message once";
  EXPECT_EQ(metrics()["dispatch_attempts"], 0);

  host().kill();
  start();
  EXPECT_EQ(message_when(waiting, "dispatched")["attempts"].size(), 1U);
  EXPECT_EQ(message(expiring)["status"], "expired");
  EXPECT_EQ(metrics()["invalid_routing"], 0);
}

TEST_F(RoutingByChannel, HasNobodyForTheChannelOfADisabledProvider) {
  start({{"API_DISPATCH", "off"}});
  const auto waiting = send_email();
  EXPECT_EQ(order("email", "disable").json()["state"], "disabled");
  EXPECT_EQ(post("/api/messages/email", email()).status, 500);
  EXPECT_EQ(metrics()["invalid_routing"], 1);

  host().kill();
  start();
  EXPECT_EQ(provider("email")["state"], "disabled") << "an order outlives the process";
  message_when(send_sms(), "dispatched");
  EXPECT_EQ(message(waiting)["status"], "pending");
  EXPECT_EQ(message(waiting)["waiting_for"], "provider");
  EXPECT_EQ(order("email", "enable").json()["state"], "active");
  message_when(waiting, "dispatched");
}

TEST_F(RoutingByChannel, KeepsAChannelWithItsIncumbentWhenANewcomerOffersIt) {
  start({{"API_PLUGIN_DIR", own_plugins(false)}});
  host().terminate();
  start({{"API_PLUGIN_DIR", own_plugins(true)}});
  const auto rival = name_in("a_rival.so");
  EXPECT_EQ(provider(rival)["state"], "standby");
  EXPECT_EQ(message_when(send_email(), "dispatched")["provider_name"], "email");

  // Who stands by takes over when the incumbent is disabled.
  EXPECT_EQ(order("email", "disable").status, 200);
  EXPECT_EQ(provider(rival)["state"], "active");
  EXPECT_EQ(message_when(send_email(), "dispatched")["provider_name"], rival);
}

TEST_F(RoutingByChannel, PutsTheOperatorsRouteFirst) {
  start({{"API_PLUGIN_DIR", own_plugins(true)}});
  const auto rival = name_in("a_rival.so");
  host().terminate();
  start({{"API_PLUGIN_DIR", own_plugins(true)}, {"API_ROUTE_EMAIL", "email"}});
  EXPECT_EQ(message_when(send_email(), "dispatched")["provider_name"], "email");
  host().terminate();
  start({{"API_PLUGIN_DIR", own_plugins(true)}, {"API_ROUTE_EMAIL", rival}});
  EXPECT_EQ(message_when(send_email(), "dispatched")["provider_name"], rival);
}

}  // namespace
}  // namespace herald::test
