// POST /api/providers/{name}/enable and disable, GET, PUT and DELETE of their configuration.
#include <gmock/gmock.h>

#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class ProviderOrders : public ApiTest {
 protected:
  void SetUp() override {
    domain::ProviderInfo email;
    email.name = "email";
    email.state = domain::ProviderState::kDisabled;
    providers_.plugins = {email};
    providers_.configs["email"] = R"({"host":"smtp.example.com","password":"***"})";
  }

  http::Response order(const std::string& target) { return ask(http::Method::kPost, "/api/providers/" + target); }
  void fail_with(base::ErrorCode code) { providers_.error = base::Error{code, "SECRET /opt/plugins/email.so"}; }
};

TEST_F(ProviderOrders, SwitchAProviderAndShowIt) {
  const auto disabled = order("email/disable");
  EXPECT_EQ(disabled.status, 200);
  EXPECT_EQ(parsed(disabled), parsed(get("/api/providers/email")));
  EXPECT_EQ(header(disabled, "Cache-Control"), "no-store");
  EXPECT_EQ(order("email/enable").status, 200);
  EXPECT_THAT(providers_.switched, ElementsAre(Pair("email", false), Pair("email", true)));
}

TEST_F(ProviderOrders, AreAnsweredWhenTheyAreDone) {
  providers_.hold = true;
  const auto sink = std::make_shared<AnswerSink>();
  start(http::Method::kPost, "/api/providers/email/enable", {}, {}, sink);
  EXPECT_EQ(sink->answers, 0);
  providers_.plugins[0].state = domain::ProviderState::kActive;
  providers_.answer_now();
  ASSERT_EQ(sink->answers, 1);
  EXPECT_EQ(parsed(*sink->answer).at("state"), "active");
}

TEST_F(ProviderOrders, KnowTheProviderByItsDecodedName) {
  order("a%20b/enable");
  EXPECT_THAT(providers_.switched, ElementsAre(Pair("a b", true)));
}

TEST_F(ProviderOrders, HaveAnAnswerForEveryFailure) {
  for (const char* target : {"email/enable", "email/disable"}) {
    fail_with(base::ErrorCode::kNotFound);
    expect_problem(order(target), 404, "provider_not_found");
    fail_with(base::ErrorCode::kConflict);
    expect_problem(order(target), 409, "provider_refused");
    fail_with(base::ErrorCode::kUnavailable);
    expect_problem(order(target), 503, "provider_unavailable");
    EXPECT_NE(header(order(target), "Retry-After"), "");
    fail_with(base::ErrorCode::kInternal);
    const auto answer = order(target);
    expect_problem(answer, 500, "internal_error");
    EXPECT_EQ(answer.body.find("SECRET"), std::string::npos);
  }
  EXPECT_EQ(log_.of("api.provider_failed").at(0).fields.at("provider_name"), "email");
}

TEST_F(ProviderOrders, WaitUntilTheHostHasStarted) {
  readiness_.now = {api::NotReady::kStarting};
  expect_problem(order("email/enable"), 503, "starting");
  expect_problem(put("/api/providers/email/config", "{}"), 503, "starting");
  EXPECT_THAT(providers_.switched, IsEmpty());
  EXPECT_THAT(providers_.configured, IsEmpty());
  EXPECT_EQ(get("/api/providers/email/config").status, 200);
}

TEST_F(ProviderOrders, ShowTheConfigurationInForce) {
  const auto answer = get("/api/providers/email/config");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.body, providers_.configs["email"]);
  EXPECT_EQ(header(answer, "Cache-Control"), "no-store");
  expect_problem(get("/api/providers/nobody/config"), 404, "provider_not_found");
}

TEST_F(ProviderOrders, HandTheConfigurationOnAsItIsAndAnswerWhatIsInForce) {
  const std::string body = R"({ "host": "\u0041", "port": 25, "deep": {"a": [1, 2.50]} })";
  const auto answer = put("/api/providers/email/config", body);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, providers_.configs["email"]);
  EXPECT_THAT(providers_.configured, ElementsAre(Pair("email", body)));
}

TEST_F(ProviderOrders, TellWhatThePluginFoundWrongWithItsConfiguration) {
  providers_.error = base::Error{base::ErrorCode::kInvalid, "/port must be at most 65535"};
  const auto answer = put("/api/providers/email/config", "{}");
  expect_problem(answer, 400, "validation_failed");
  EXPECT_EQ(parsed(answer).at("detail"), "/port must be at most 65535");
  EXPECT_EQ(parsed(answer).at("errors").at(0).at("message"), "/port must be at most 65535");
}

TEST_F(ProviderOrders, NameEveryPlaceWhereAConfigurationBreaksTheSchema) {
  providers_.error = base::Error{base::ErrorCode::kInvalid, "all of it"};
  providers_.document_faults = {{"/host", "is required"}, {"/port", "must be at most 9"}};
  const auto answer = put("/api/providers/email/config", "{}");
  expect_problem(answer, 400, "validation_failed");
  EXPECT_THAT(pointers_of(answer), ElementsAre("/host", "/port"));
  EXPECT_EQ(parsed(answer).at("detail"), "/host is required; and 1 more in errors");
}

TEST_F(ProviderOrders, ResetTheConfigurationAndAnswerWhatIsInForce) {
  const auto answer = ask(http::Method::kDelete, "/api/providers/email/config");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, providers_.configs["email"]);
  EXPECT_EQ(header(answer, "Cache-Control"), "no-store");
  EXPECT_THAT(providers_.reset, ElementsAre("email"));
  providers_.error = base::Error{base::ErrorCode::kConflict, "the configuration of the settings is not taken"};
  const auto refused = ask(http::Method::kDelete, "/api/providers/email/config");
  expect_problem(refused, 409, "settings_unfit");
  EXPECT_EQ(parsed(refused).at("detail"), "the configuration of the settings is not taken");
  fail_with(base::ErrorCode::kNotFound);
  expect_problem(ask(http::Method::kDelete, "/api/providers/email/config"), 404, "provider_not_found");
}

TEST_F(ProviderOrders, AllowTheMethodsOfAConfiguration) {
  const auto answer = ask(http::Method::kPost, "/api/providers/email/config", "{}");
  expect_problem(answer, 405, "method_not_allowed");
  EXPECT_EQ(header(answer, "Allow"), "GET, HEAD, PUT, DELETE");
}

TEST_F(ProviderOrders, TakeNoConfigurationThatIsNoJsonObject) {
  expect_problem(put("/api/providers/email/config", "{\"a\":"), 400, "invalid_json");
  expect_problem(put("/api/providers/email/config", ""), 400, "invalid_json");
  expect_problem(put("/api/providers/email/config", "[]"), 400, "validation_failed");
  const auto twice = put("/api/providers/email/config", R"({"a":1,"a":2})");
  expect_problem(twice, 400, "validation_failed");
  EXPECT_THAT(pointers_of(twice), ElementsAre("/a"));
  EXPECT_THAT(providers_.configured, IsEmpty());
}

TEST_F(ProviderOrders, TakeAConfigurationAsJsonOnly) {
  expect_problem(ask(http::Method::kPut, "/api/providers/email/config", "{}"), 415, "unsupported_media_type");
  expect_problem(get("/api/providers/email/config", {{"Accept", "text/html"}}), 406, "not_acceptable");
}

}  // namespace
}  // namespace herald::test
