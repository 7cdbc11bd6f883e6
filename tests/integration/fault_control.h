// The fixture of tests that make mocks fail: profiles, breakers, and what became of messages.
#pragma once

#include <string>
#include <vector>

#include "integration/running_host.h"

namespace herald::test {

class FaultControl : public RunningHost {
 protected:
  static nlohmann::json profile(int timeout_pct, int error_pct, int ratelimit_pct) {
    return {{"timeout_pct", timeout_pct}, {"error_pct", error_pct}, {"ratelimit_pct", ratelimit_pct}};
  }
  HttpAnswer put_faults(const nlohmann::json& document) {
    return client().request("PUT", host().url("/api/provider/mock/config"), document.dump(),
                            {"Content-Type: application/json"});
  }
  nlohmann::json faults() { return get("/api/provider/mock/config").json(); }

  nlohmann::json provider(const std::string& name) { return get("/api/providers/" + name).json(); }
  std::string breaker(const std::string& name) { return provider(name)["breaker"].value("state", ""); }

  // Waits until the message is dispatched or has failed; its story.
  nlohmann::json settled(const std::string& id) {
    nlohmann::json last;
    const bool has_settled = eventually(
        [&] {
          last = message(id);
          return last["status"] == "dispatched" || last["status"] == "failed";
        },
        std::chrono::seconds{30});
    EXPECT_TRUE(has_settled) << last.dump(2);
    return last;
  }
  static std::vector<std::string> outcomes(const nlohmann::json& story) {
    std::vector<std::string> found;
    for (const auto& attempt : story.at("attempts"))
      found.push_back(attempt.at("outcome"));
    return found;
  }
};

}  // namespace herald::test
