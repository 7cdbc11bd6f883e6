// Plugins of every compiler at hand in one running host: each serves in its turn, and stays after the others' turns.
#include <algorithm>
#include <sstream>

#include "integration/running_host.h"

namespace herald::test {
namespace {

std::vector<std::string> sibling_names() {
  std::vector<std::string> names;
  std::istringstream all(SIBLINGS);
  for (std::string name; std::getline(all, name, ',');)
    names.push_back(name);
  return names;
}

class SideBySide : public RunningHost {
 protected:
  void start_all(const Environment& settings = {}) {
    const auto plugins = folder() / "plugins";
    std::filesystem::create_directories(plugins);
    for (const auto& name : sibling_names())
      std::filesystem::copy_file(std::filesystem::path(SIBLING_DIR) / (name + ".so"), plugins / (name + ".so"));
    Environment environment{{"API_PLUGIN_DIR", plugins.string()}, {"API_WORKER_MAX_RETRIES", "0"}};
    for (const auto& [name, value] : settings)
      environment[name] = value;
    start(environment);
  }

  void order(const std::string& provider, const std::string& what) {
    const auto answer = client().request("POST", host().url("/api/providers/" + provider + "/" + what), "", {});
    EXPECT_EQ(answer.status, 200) << provider << ' ' << what << ": " << answer.body;
  }

  std::string serving_sms() {
    const auto listed = get("/api/providers").json();
    for (const auto& item : listed.at("items")) {
      const auto& channels = item["active_channels"];
      if (std::find(channels.begin(), channels.end(), "sms") != channels.end()) return item["name"];
    }
    return "";
  }
};

TEST_F(SideBySide, EachServesInItsTurnInOneProcess) {
  start_all();
  auto left = sibling_names();
  for (std::size_t turn = 0; turn < sibling_names().size(); ++turn) {
    const auto serving = serving_sms();
    const auto found = std::find(left.begin(), left.end(), serving);
    ASSERT_TRUE(found != left.end()) << '"' << serving << "\" serves in turn " << turn;
    left.erase(found);
    EXPECT_EQ(message_when(send_sms(), "dispatched")["provider_name"], serving);
    // What it throws is its own message's end, and the next one's beginning. A plugin in C has nothing to throw.
    const auto thrown = send_sms("throw");
    ASSERT_TRUE(eventually([&] {
      const auto status = message(thrown).value("status", "");
      return status == "failed" || status == "dispatched";
    }));
    EXPECT_EQ(message(thrown)["status"], serving.rfind("c-by", 0) == 0 ? "dispatched" : "failed") << serving;
    EXPECT_EQ(message_when(send_sms(), "dispatched")["provider_name"], serving);
    if (!left.empty()) order(serving, "disable");
  }
}

TEST_F(SideBySide, ThreeServeAChannelEachAtTheSameTime) {
  start_all({{"API_ROUTE_SMS", "c-by-clang"}, {"API_ROUTE_MMS", "static-by-gcc"}, {"API_ROUTE_EMAIL", "cpp-by-clang"}});
  std::vector<std::pair<std::string, std::string>> sent;
  for (int i = 0; i < 20; ++i) {
    sent.emplace_back(send_sms(), "c-by-clang");
    sent.emplace_back(send("/api/messages/sms", mms()), "static-by-gcc");
    sent.emplace_back(send_email(), "cpp-by-clang");
  }
  for (const auto& [id, provider] : sent)
    EXPECT_EQ(message_when(id, "dispatched")["provider_name"], provider);
  EXPECT_EQ(host().terminate().code, 0);
}

}  // namespace
}  // namespace herald::test
