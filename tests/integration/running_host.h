// The fixture of the integration tests: hosts on data folders of the test's own, and the verbs of a client.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "support/eventually.h"
#include "support/host_process.h"
#include "support/http_client.h"
#include "support/temp_dir.h"

namespace herald::test {

class RunningHost : public ::testing::Test {
 protected:
  using Environment = std::map<std::string, std::string>;

  // A host on this test's data folder; the former one must have ended.
  HostProcess& start(const Environment& environment = {}, const std::vector<std::string>& arguments = {}) {
    host_ = std::make_unique<HostProcess>(HostSetup{folder_ / "data", environment, arguments});
    host_->wait_until_listening();
    return *host_;
  }

  HostProcess& host() { return *host_; }
  HttpClient& client() { return client_; }
  const TempDir& folder() const { return folder_; }

  HttpAnswer get(const std::string& path, const std::vector<std::string>& headers = {}) {
    return client_.get(host_->url(path), headers);
  }
  HttpAnswer post(const std::string& path, const nlohmann::json& body, const std::vector<std::string>& headers = {}) {
    return client_.post(host_->url(path), body, headers);
  }

  static nlohmann::json sms(const std::string& body = "Your code is 4711") {
    return {{"from", "+12025550123"}, {"to", "+12025550142"}, {"type", "sms"}, {"body", body}};
  }
  static nlohmann::json mms() {
    auto message = sms("A picture");
    message["type"] = "mms";
    message["attachments"] = {"https://example.com/cat.png"};
    return message;
  }
  static nlohmann::json email() {
    return {{"from", "shop@example.com"}, {"to", "jo@example.org"}, {"subject", "Order"}, {"body", "<p>Thank you</p>"}};
  }

  // Sends and expects a 202; the message's id.
  std::string send(const std::string& path, const nlohmann::json& message) {
    const auto answer = post(path, message);
    EXPECT_EQ(answer.status, 202) << answer.body;
    return answer.status == 202 ? answer.json().value("id", "") : "";
  }
  std::string send_sms(const std::string& body = "Your code is 4711") { return send("/api/messages/sms", sms(body)); }
  std::string send_email() { return send("/api/messages/email", email()); }

  nlohmann::json message(const std::string& id) { return get("/api/messages/" + id).json(); }

  // Waits until the message has this status; its last state.
  nlohmann::json message_when(const std::string& id, const std::string& status) {
    nlohmann::json last;
    eventually(
        [&] {
          last = message(id);
          return last.value("status", "") == status;
        },
        std::chrono::seconds{30});
    EXPECT_EQ(last.value("status", ""), status) << last.dump(2);
    return last;
  }

  // Waits until the log, which is written behind what it tells, has so many lines of an event; all that it then has.
  std::vector<nlohmann::json> lines_when(const std::string& event, std::size_t count) {
    EXPECT_TRUE(eventually([&] { return host_->log_of(event).size() >= count; })) << host_->raw_log();
    return host_->log_of(event);
  }

  nlohmann::json metrics() { return get("/metrics", {"Accept: application/json"}).json(); }

 private:
  TempDir folder_;
  HttpClient client_;
  std::unique_ptr<HostProcess> host_;
};

}  // namespace herald::test
