// What the webhooks of every mock provider have in common: the token.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mock_fixture.h"

namespace herald::testkit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kWithToken = R"({"webhook_token": "open sesame"})";

// An empty request is never taken; who may not ask at all is told 401.
TestWebhook knock() {
  return TestWebhook::post("text/plain", "");
}

TEST_F(HERALD_MOCK, TakesWebhooksWithReceipts) {
  EXPECT_TRUE(mock_.takes_webhooks());
  EXPECT_TRUE(mock_.declares_receipts());
}

TEST_F(HERALD_MOCK, AsksForNoTokenUnlessOneIsSet) {
  run();
  EXPECT_EQ(mock_.webhook(knock()).status, 415U);
}

TEST_F(HERALD_MOCK, AnswersFourHundredAndOneWithoutTheToken) {
  run(kWithToken);
  for (const char* wrong : {"", "open", "open sesame ", "Open sesame", "open sesamf"}) {
    auto request = knock();
    request.headers.emplace_back("X-Webhook-Token", wrong);
    const WebhookAnswer answer = mock_.webhook(request);
    EXPECT_EQ(answer.status, 401U) << wrong;
    EXPECT_EQ(answer.events.size(), 0U);
    EXPECT_THAT(answer.body, Not(HasSubstr("sesame")));
  }
  EXPECT_EQ(mock_.webhook(knock()).status, 401U);
  EXPECT_EQ(mock_.webhook(TestWebhook::get("challenge=1")).status, 401U);
  EXPECT_EQ(mock_.webhook(TestWebhook::get("token=open%zz")).status, 401U);
}

TEST_F(HERALD_MOCK, TakesTheTokenInAHeaderOrInTheQuery) {
  run(kWithToken);
  auto header = knock();
  header.headers.emplace_back("x-webhook-TOKEN", "open sesame");
  EXPECT_EQ(mock_.webhook(header).status, 415U);
  auto query = knock();
  query.query = "a=b&token=open+sesame";
  EXPECT_EQ(mock_.webhook(query).status, 415U);
}

TEST_F(HERALD_MOCK, TakesANewTokenAndForgetsOneThatIsLeftOut) {
  run(kWithToken);
  auto request = knock();
  request.query = "token=other";
  EXPECT_EQ(mock_.webhook(request).status, 401U);
  ASSERT_EQ(mock_.configure(R"({"webhook_token": "other"})").result, HERALD_OK);
  EXPECT_EQ(mock_.webhook(request).status, 415U);
  ASSERT_EQ(mock_.configure("{}").result, HERALD_OK);
  EXPECT_EQ(mock_.webhook(knock()).status, 415U);
}

TEST_F(HERALD_MOCK, RefusesATokenThatIsNoneWithoutShowingIt) {
  run(kWithToken);
  const std::string long_one(256, 's');
  for (const std::string& wrong : {std::string(R"("")"), std::string("12345"), "\"" + long_one + "\"",
                                   std::string(R"(["secret"])"), std::string("null")}) {
    const Configured configured = mock_.configure(R"({"webhook_token": )" + wrong + "}");
    EXPECT_EQ(configured.result, HERALD_E_INVALID) << wrong;
    EXPECT_THAT(configured.error, HasSubstr("webhook_token"));
    EXPECT_THAT(configured.error, Not(HasSubstr(long_one)));
    EXPECT_THAT(configured.error, Not(HasSubstr("12345")));
    EXPECT_THAT(configured.error, Not(HasSubstr("secret")));
  }
  EXPECT_EQ(mock_.webhook(knock()).status, 401U) << "the former is in force";
}

TEST_F(HERALD_MOCK, CountsATokensCharactersAsItsSchemaDoes) {
  std::string token;
  for (int i = 0; i < 255; ++i)
    token += "ж";
  EXPECT_EQ(mock_.configure(R"({"webhook_token": ")" + token + R"("})").result, HERALD_OK);
  EXPECT_EQ(mock_.configure(R"({"webhook_token": "ж)" + token + R"("})").result, HERALD_E_INVALID);
}

TEST_F(HERALD_MOCK, MarksTheTokenAsASecretInAStrictSchema) {
  const auto schema = nlohmann::json::parse(herald::detail::view(mock_.descriptor().config_schema));
  EXPECT_EQ(schema.at("additionalProperties"), false);
  EXPECT_EQ(schema.at("properties").at("webhook_token").at("writeOnly"), true);
  for (const auto& property : schema.at("properties").items())
    EXPECT_NE(property.value().at("description"), "") << property.key();
}

TEST_F(HERALD_MOCK, RefusesADeepConfigurationWithoutFallingIntoIt) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  for (const char* key : {"latency_ms", "lane_wide", "webhook_token", "unknown"})
    EXPECT_EQ(mock_.configure("{\"" + std::string(key) + "\": " + deep + "}").result, HERALD_E_INVALID) << key;
}

}  // namespace
}  // namespace herald::testkit
