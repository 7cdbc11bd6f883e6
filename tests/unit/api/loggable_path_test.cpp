#include "api/loggable_path.h"

#include <gtest/gtest.h>

#include "base/id.h"

namespace herald::api {
namespace {

TEST(LoggablePath, ShowsThePathsOfTheContractWhole) {
  const auto id = base::MessageId{1'234'567'890'123}.text();
  for (const auto& path : {std::string("/"),
                           std::string("/api/messages/sms"),
                           std::string("/api/messages/email"),
                           std::string("/api/messages/retry"),
                           "/api/messages/" + id,
                           "/api/messages/" + id + "/cancel",
                           "/api/messages/" + id + "/retry",
                           std::string("/api/webhooks/sms"),
                           std::string("/api/webhooks/email"),
                           std::string("/api/provider/mock/inbound"),
                           std::string("/api/provider/mock/config"),
                           std::string("/api/conversations"),
                           std::string("/api/conversations/17/messages"),
                           std::string("/api/providers/sms-mms/enable"),
                           std::string("/api/providers/sms-mms/disable"),
                           std::string("/api/providers/email/config"),
                           std::string("/api/providers/acme-2/webhook"),
                           std::string("/healthz"),
                           std::string("/livez"),
                           std::string("/readyz"),
                           std::string("/metrics")}) {
    EXPECT_EQ(loggable_path(path), path);
  }
}

TEST(LoggablePath, HidesAnAddressInPlaceOfAnId) {
  for (const char* address : {"+12025550142", "12025550142", "2025550142", "%28202%29%20555-0142", "jo@example.org",
                              "jo%40example.org", "Jo"}) {
    EXPECT_EQ(loggable_path(std::string("/api/messages/") + address), "/api/messages/*") << address;
    EXPECT_EQ(loggable_path(std::string("/api/messages/") + address + "/cancel"), "/api/messages/*/cancel") << address;
    EXPECT_EQ(loggable_path(std::string("/api/conversations/") + address), "/api/conversations/*") << address;
  }
  EXPECT_EQ(loggable_path("/api/providers/+12025550142"), "/api/providers/*");
}

TEST(LoggablePath, HidesWhatStandsBehindAWebhook) {
  for (const char* tail : {"/", "/s3cret", "/messages/17", "/a/b/c/d/e/f/g/h", "//", "/sms"})
    EXPECT_EQ(loggable_path(std::string("/api/providers/email/webhook") + tail), "/api/providers/email/webhook/*");
}

TEST(LoggablePath, HidesWhatTheContractDoesNotName) {
  EXPECT_EQ(loggable_path("/s3cret/api/jo"), "/*/api/*");
  EXPECT_EQ(loggable_path("s3cret"), "/*");
  EXPECT_EQ(loggable_path("*"), "/*");
  EXPECT_EQ(loggable_path("/api/%6dessages/../x"), "/api/*/*/*");
  EXPECT_EQ(loggable_path("/api//sms/"), "/api//sms/");
}

TEST(LoggablePath, EndsWithinItsBound) {
  std::string path;
  for (int i = 0; i < 1'000; ++i)
    path += "/api";
  EXPECT_EQ(loggable_path(path), "/api/api/api/api/api/api/api/api/*");
}

}  // namespace
}  // namespace herald::api
