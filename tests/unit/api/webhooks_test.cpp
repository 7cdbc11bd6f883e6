// ANY /api/providers/{name}/webhook[/…].
#include <gmock/gmock.h>

#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

using http::Method;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class Webhooks : public ApiTest {
 protected:
  static constexpr const char* kHook = "/api/providers/acme/webhook";

  http::Response call(const std::string& tail = {}) { return ask(Method::kPost, kHook + tail, "x"); }
  void answer_with(int status, const std::string& type, const std::string& body) {
    providers_.webhook_answer = {status, type, body};
  }
  void fail_with(base::ErrorCode code) { providers_.error = base::Error{code, "SECRET plugin says no"}; }
};

TEST_F(Webhooks, HandTheRequestOnAsItCame) {
  const std::string body("a\0b\xff", 4);
  ask(Method::kPost, std::string(kHook) + "/v1/%2Fstatus//?a=%zz&b=+&b", body,
      {{"X-Signature", "abc"}, {"x-signature", "def"}, {"Content-Type", "application/x-www-form-urlencoded"}});
  ASSERT_EQ(providers_.webhooks.size(), 1U);
  const auto& request = providers_.webhooks[0];
  EXPECT_EQ(providers_.webhook_of, "acme");
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/v1/%2Fstatus//");
  EXPECT_EQ(request.query, "a=%zz&b=+&b");
  EXPECT_THAT(request.headers, ElementsAre(Pair("X-Signature", "abc"), Pair("x-signature", "def"),
                                           Pair("Content-Type", "application/x-www-form-urlencoded")));
  EXPECT_EQ(request.body, body);
  EXPECT_EQ(request.remote_address, "127.0.0.1");
  EXPECT_EQ(request.request_id, kRequestId);
}

TEST_F(Webhooks, TakeEveryMethod) {
  for (const auto method : {Method::kGet, Method::kHead, Method::kPost, Method::kPut, Method::kPatch, Method::kDelete,
                            Method::kOptions, Method::kOther}) {
    EXPECT_EQ(ask(method, kHook).status, 200);
  }
  std::vector<std::string> methods;
  for (const auto& request : providers_.webhooks)
    methods.push_back(request.method);
  EXPECT_THAT(methods, ElementsAre("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"));
  EXPECT_EQ(providers_.webhooks[0].path, "");
}

TEST_F(Webhooks, TakeWhateverTheCarrierSendsAndAccepts) {
  EXPECT_EQ(ask(Method::kPost, kHook, "<xml/>", {{"Content-Type", "text/xml"}, {"Accept", "text/xml"}}).status, 200);
  EXPECT_EQ(ask(Method::kPost, kHook, "x", {{"Content-Encoding", "gzip"}}).status, 200);
}

TEST_F(Webhooks, AnswerWhatThePluginSays) {
  answer_with(403, "text/xml", "<no/>");
  const auto answer = call();
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.content_type, "text/xml");
  EXPECT_EQ(answer.body, "<no/>");
  answer_with(204, "", "");
  EXPECT_EQ(call().status, 204);
}

TEST_F(Webhooks, AreAnsweredWhenThePluginHasAnswered) {
  providers_.hold = true;
  const auto sink = std::make_shared<AnswerSink>();
  start(Method::kPost, kHook, "x", {}, sink);
  EXPECT_EQ(sink->answers, 0);
  providers_.answer_now();
  EXPECT_EQ(sink->answers, 1);
}

TEST_F(Webhooks, TrustNoAnswerThatIsNone) {
  for (const int status : {0, -1, 99, 100, 101, 199, 600, 1000}) {
    answer_with(status, "text/plain", "SECRET");
    const auto answer = call();
    expect_problem(answer, 502, "webhook_failed");
    EXPECT_EQ(answer.body.find("SECRET"), std::string::npos);
  }
  answer_with(200, "text/plain\r\nSet-Cookie: a=b", "x");
  expect_problem(call(), 502, "webhook_failed");
  EXPECT_EQ(log_.of("api.webhook_failed").size(), 9U);
}

TEST_F(Webhooks, HaveAnAnswerForEveryFailure) {
  fail_with(base::ErrorCode::kNotFound);
  expect_problem(call(), 404, "webhook_not_found");
  fail_with(base::ErrorCode::kUnavailable);
  const auto busy = call();
  expect_problem(busy, 503, "provider_unavailable");
  EXPECT_NE(header(busy, "Retry-After"), "");
  fail_with(base::ErrorCode::kInternal);
  const auto failed = call();
  expect_problem(failed, 502, "webhook_failed");
  EXPECT_EQ(header(failed, "Retry-After"), "");
  EXPECT_EQ(failed.body.find("SECRET"), std::string::npos);
}

TEST_F(Webhooks, HaveBodiesUpToTheBound) {
  EXPECT_EQ(ask(Method::kPost, kHook, std::string(262'144, 'x')).status, 200);
  expect_problem(ask(Method::kPost, kHook, std::string(262'145, 'x')), 413, "body_too_large");
  EXPECT_EQ(check_head(Method::kPost, kHook, {{"Content-Length", "262145"}})->status, 413);
}

TEST_F(Webhooks, AskTheCarrierToComeBackWhileTheHostStartsOrDrains) {
  readiness_.now = {api::NotReady::kStarting};
  expect_problem(call(), 503, "starting");
  readiness_.now = {api::NotReady::kDraining};
  const auto answer = call("/x");
  expect_problem(answer, 503, "draining");
  EXPECT_NE(header(answer, "Retry-After"), "");
  EXPECT_THAT(providers_.webhooks, IsEmpty());
}

}  // namespace
}  // namespace herald::test
