// Paths and methods.
#include "api/router.h"

#include <string>

#include <gtest/gtest.h>

namespace herald::api {
namespace {

using http::Method;

const Router& router() {
  static const Router made("/healthz");
  return made;
}

std::string parameter_of(std::string_view path) {
  const auto match = router().resolve(Method::kGet, path);
  return match ? match->parameter : "(no match)";
}

Miss::Reason miss(Method method, std::string_view path) {
  const auto match = router().resolve(method, path);
  EXPECT_FALSE(match) << path;
  return match ? Miss::Reason::kUnknown : match.error().reason;
}

std::string allow(Method method, std::string_view path) {
  const auto match = router().resolve(method, path);
  return match ? "(match)" : match.error().allow;
}

TEST(Router, FindsEveryEndpoint) {
  EXPECT_EQ(router().resolve(Method::kPost, "/api/provider/mock/inbound")->endpoint, Endpoint::kMockInbound);
  EXPECT_EQ(router().resolve(Method::kPost, "/api/webhooks/sms")->endpoint, Endpoint::kSmsWebhook);
  EXPECT_EQ(router().resolve(Method::kPost, "/api/webhooks/email")->endpoint, Endpoint::kEmailWebhook);
  EXPECT_EQ(router().resolve(Method::kGet, "/api/messages")->endpoint, Endpoint::kListMessages);
  EXPECT_EQ(router().resolve(Method::kPost, "/api/messages/retry")->endpoint, Endpoint::kRetryMessages);
  EXPECT_EQ(router().resolve(Method::kPost, "/api/messages/0001/cancel")->endpoint, Endpoint::kCancelMessage);
  EXPECT_EQ(router().resolve(Method::kPost, "/api/messages/0001/retry")->endpoint, Endpoint::kRetryMessage);
  EXPECT_EQ(router().resolve(Method::kGet, "/api/conversations")->endpoint, Endpoint::kListConversations);
  EXPECT_EQ(router().resolve(Method::kGet, "/api/conversations/1")->endpoint, Endpoint::kGetConversation);
  EXPECT_EQ(router().resolve(Method::kGet, "/api/conversations/1/messages")->endpoint,
            Endpoint::kListConversationMessages);
  EXPECT_EQ(router().resolve(Method::kPost, "/api/providers/email/enable")->endpoint, Endpoint::kEnableProvider);
  EXPECT_EQ(router().resolve(Method::kPost, "/api/providers/email/disable")->endpoint, Endpoint::kDisableProvider);
  EXPECT_EQ(router().resolve(Method::kGet, "/api/providers/email/config")->endpoint, Endpoint::kGetProviderConfig);
  EXPECT_EQ(router().resolve(Method::kPut, "/api/providers/email/config")->endpoint, Endpoint::kSetProviderConfig);
  EXPECT_EQ(router().resolve(Method::kDelete, "/api/providers/email/config")->endpoint, Endpoint::kResetProviderConfig);
  EXPECT_EQ(router().resolve(Method::kGet, "/api/provider/mock/config")->endpoint, Endpoint::kGetFaults);
  EXPECT_EQ(router().resolve(Method::kPut, "/api/provider/mock/config")->endpoint, Endpoint::kSetFaults);
  EXPECT_EQ(router().resolve(Method::kPost, "/api/messages/sms")->endpoint, Endpoint::kSendPhone);
  EXPECT_EQ(router().resolve(Method::kPost, "/api/messages/email")->endpoint, Endpoint::kSendEmail);
  EXPECT_EQ(router().resolve(Method::kGet, "/api/messages/0001")->endpoint, Endpoint::kGetMessage);
  EXPECT_EQ(router().resolve(Method::kGet, "/api/providers")->endpoint, Endpoint::kListProviders);
  EXPECT_EQ(router().resolve(Method::kGet, "/api/providers/email")->endpoint, Endpoint::kGetProvider);
  EXPECT_EQ(router().resolve(Method::kGet, "/healthz")->endpoint, Endpoint::kHealth);
  EXPECT_EQ(router().resolve(Method::kGet, "/livez")->endpoint, Endpoint::kLive);
  EXPECT_EQ(router().resolve(Method::kGet, "/readyz")->endpoint, Endpoint::kReady);
  EXPECT_EQ(router().resolve(Method::kGet, "/metrics")->endpoint, Endpoint::kMetrics);
}

TEST(Router, HasTheHealthProbeWhereItIsTold) {
  const Router moved("/up");
  EXPECT_EQ(moved.resolve(Method::kGet, "/up")->endpoint, Endpoint::kHealth);
  EXPECT_FALSE(moved.resolve(Method::kGet, "/healthz"));
}

TEST(Router, TakesHeadWhereItTakesGet) {
  EXPECT_TRUE(router().resolve(Method::kHead, "/api/providers"));
  EXPECT_TRUE(router().resolve(Method::kHead, "/healthz"));
  EXPECT_EQ(miss(Method::kHead, "/api/messages/sms"), Miss::Reason::kMethod);
}

TEST(Router, NamesTheMethodsOfAPath) {
  EXPECT_EQ(allow(Method::kGet, "/api/messages/sms"), "POST");
  EXPECT_EQ(allow(Method::kPost, "/api/providers/email"), "GET, HEAD");
  EXPECT_EQ(allow(Method::kGet, "/api/messages/retry"), "POST");
  EXPECT_EQ(allow(Method::kGet, "/api/messages/0001/cancel"), "POST");
  EXPECT_EQ(allow(Method::kPost, "/api/providers/email/config"), "GET, HEAD, PUT, DELETE");
  EXPECT_EQ(allow(Method::kPost, "/api/provider/mock/config"), "GET, HEAD, PUT");
  EXPECT_EQ(allow(Method::kPost, "/api/conversations"), "GET, HEAD");
  EXPECT_EQ(allow(Method::kDelete, "/healthz"), "GET, HEAD");
  EXPECT_EQ(allow(Method::kOptions, "/metrics"), "GET, HEAD");
  EXPECT_EQ(allow(Method::kOther, "/livez"), "GET, HEAD");
}

TEST(Router, KnowsNoOtherPath) {
  for (const char* path : {"", "*", "/", "/api", "/api/webhooks", "/api/provider", "/api/message/x", "/API/providers",
                           "api/providers", "/api/providers/email/x", "/api/conversations/1/x", "/api/messages/0001/x",
                           "/api/provider/email/config", "/api/provider/mock", "/a/b/c/d/e/f/g/h/i/j"}) {
    EXPECT_EQ(miss(Method::kGet, path), Miss::Reason::kUnknown) << path;
  }
}

TEST(Router, TakesATrailingOrDoubledSlashForAnotherPath) {
  for (const char* path :
       {"/healthz/", "/api/providers/", "/api/messages/0001/", "//api/providers", "/api//providers"}) {
    EXPECT_EQ(miss(Method::kGet, path), Miss::Reason::kUnknown) << path;
  }
}

TEST(Router, DecodesSegments) {
  EXPECT_EQ(parameter_of("/api/providers/a%20b"), "a b");
  EXPECT_EQ(parameter_of("/%61pi/providers/x"), "x");
  EXPECT_EQ(parameter_of("/api/providers/%C3%A9"), "\xc3\xa9");
  EXPECT_EQ(parameter_of("/api/providers/%2541"), "%41");
}

TEST(Router, ClimbsNowhere) {
  for (const char* path :
       {"/api/providers/..", "/api/providers/%2e%2e", "/api/providers/.", "/api/providers/%2E", "/api/../api/providers",
        "/api/providers/..%2f..%2fetc%2fpasswd", "/api/providers/a%2Fb", "/api%2Fproviders"}) {
    EXPECT_EQ(miss(Method::kGet, path), Miss::Reason::kUnknown) << path;
  }
}

class WebhookRoute : public ::testing::Test {
 protected:
  // What goes on to the plugin; "(none)" for a path that is no webhook's.
  static std::string tail_of(std::string_view path, Method method = Method::kPost) {
    const auto match = router().resolve(method, path);
    return match && match->endpoint == Endpoint::kProviderWebhook ? std::string(match->tail) : "(none)";
  }
};

TEST_F(WebhookRoute, TakesEveryMethod) {
  for (const auto method : {Method::kGet, Method::kHead, Method::kPost, Method::kPut, Method::kPatch, Method::kDelete,
                            Method::kOptions, Method::kOther}) {
    EXPECT_EQ(tail_of("/api/providers/acme/webhook", method), "");
    EXPECT_EQ(tail_of("/api/providers/acme/webhook/x", method), "/x");
  }
}

TEST_F(WebhookRoute, LeavesWhatStandsBehindItAsItCame) {
  for (const char* tail : {"/", "//", "/a/b/c/d/e/f/g", "/a%2Fb%00", "/%zz%", "/../enable", "/%2e%2e/", "/\xff"})
    EXPECT_EQ(tail_of(std::string("/api/providers/acme/webhook") + tail), tail);
}

TEST_F(WebhookRoute, DecodesItsProvider) {
  EXPECT_EQ(router().resolve(Method::kPut, "/%61pi/providers/a%20b/webhook/%20")->parameter, "a b");
  EXPECT_EQ(tail_of("/api/providers/a%2Fb/webhook"), "(none)");
  EXPECT_EQ(tail_of("/api/providers/../webhook"), "(none)");
  EXPECT_EQ(tail_of("/api/providers//webhook"), "(none)");
  EXPECT_EQ(miss(Method::kPost, "/api/providers/%00/webhook"), Miss::Reason::kMalformed);
}

TEST_F(WebhookRoute, BeginsBehindAWholeSegment) {
  EXPECT_EQ(tail_of("/api/providers/acme/webhooks"), "(none)");
  EXPECT_EQ(tail_of("/api/providers/acme/webhook%2Fx"), "(none)");
  EXPECT_EQ(tail_of("/x/api/providers/acme/webhook"), "(none)");
}

TEST(Router, CallsABrokenEscapeMalformed) {
  for (const char* path : {"/api/providers/%", "/api/providers/%4", "/api/providers/%zz", "/api/providers/%00",
                           "/api/providers/a%0d%0ab", "/api/providers/%7f", "/%"}) {
    EXPECT_EQ(miss(Method::kGet, path), Miss::Reason::kMalformed) << path;
  }
}

}  // namespace
}  // namespace herald::api
