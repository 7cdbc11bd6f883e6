// GET and PUT /api/provider/mock/config.
#include <gmock/gmock.h>

#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

using ::testing::ElementsAre;

class FaultsOverRest : public ApiTest {
 protected:
  static constexpr const char* kPath = "/api/provider/mock/config";

  static json profile(int timeout, int error, int ratelimit) {
    return {{"timeout_pct", timeout}, {"error_pct", error}, {"ratelimit_pct", ratelimit}};
  }
  http::Response set(const json& body) { return put(kPath, body.dump()); }

  // What is found wrong; nothing may be set then.
  std::vector<std::string> faults_of(const json& body) {
    const auto answer = set(body);
    expect_problem(answer, 400, "validation_failed");
    EXPECT_EQ(parsed(get(kPath)), profile(0, 0, 0)) << body;
    return pointers_of(answer);
  }
};

// A name of any length is shown as far as 64 octets, and no character of it in half.
TEST_F(FaultsOverRest, NameAnUnknownMemberInWholeCharacters) {
  auto document = profile(0, 0, 0);
  document[std::string(63, 'a') + "\xc3\xa9"] = 1;
  EXPECT_THAT(faults_of(document), ElementsAre("/" + std::string(63, 'a')));
}

TEST_F(FaultsOverRest, AreNoneUntilTheyAreSet) {
  const auto answer = get(kPath);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(parsed(answer), profile(0, 0, 0));
  EXPECT_EQ(header(answer, "Cache-Control"), "no-store");
}

TEST_F(FaultsOverRest, AreAnsweredAsTheyWereSet) {
  auto document = profile(10, 20, 30);
  document["seed"] = 42;
  document["providers"] = {{"email", {{"error_pct", 50}, {"seed", 7}}}, {"sms-mms", json::object()}};
  const auto answer = set(document);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(parsed(answer), document);
  EXPECT_EQ(parsed(get(kPath)), document);
  const auto& settings = providers_.fault_settings;
  EXPECT_EQ(settings.global.timeout_pct, 10U);
  EXPECT_EQ(settings.global.error_pct, 20U);
  EXPECT_EQ(settings.global.ratelimit_pct, 30U);
  EXPECT_EQ(settings.global.seed, 42U);
  EXPECT_EQ(settings.providers.at("email").error_pct, 50U);
  EXPECT_EQ(settings.providers.at("email").timeout_pct, std::nullopt);
}

TEST_F(FaultsOverRest, AreReplacedAsAWhole) {
  auto document = profile(10, 20, 30);
  document["seed"] = 42;
  document["providers"] = {{"email", {{"error_pct", 50}}}};
  set(document);
  EXPECT_EQ(parsed(set(profile(0, 0, 100))), profile(0, 0, 100));
  EXPECT_TRUE(providers_.fault_settings.providers.empty());
  EXPECT_EQ(providers_.fault_settings.global.seed, std::nullopt);
}

TEST_F(FaultsOverRest, TakeNullForWhatIsOptional) {
  auto document = profile(0, 0, 0);
  document["seed"] = nullptr;
  document["providers"] = nullptr;
  EXPECT_EQ(parsed(set(document)), profile(0, 0, 0));
  document["providers"] = {{"email", {{"error_pct", nullptr}, {"seed", nullptr}}}};
  EXPECT_EQ(set(document).status, 200);
}

TEST_F(FaultsOverRest, TakeEverySeedOf64Bits) {
  for (const char* seed : {"0", "9223372036854775808", "18446744073709551615"}) {
    const auto body = std::string(R"({"timeout_pct":0,"error_pct":0,"ratelimit_pct":0,"seed":)") + seed + "}";
    const auto answer = put(kPath, body);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(std::to_string(*providers_.fault_settings.global.seed), seed);
    EXPECT_NE(answer.body.find(seed), std::string::npos);
  }
}

TEST_F(FaultsOverRest, RefuseWhatIsNoSeed) {
  for (const char* seed : {"-1", "18446744073709551616", "1.0", "1e3", "\"1\"", "true", "[]", "{}"}) {
    const auto answer =
        put(kPath, std::string(R"({"timeout_pct":0,"error_pct":0,"ratelimit_pct":0,"seed":)") + seed + "}");
    expect_problem(answer, 400, "validation_failed");
    EXPECT_THAT(pointers_of(answer), ElementsAre("/seed")) << seed;
  }
}

TEST_F(FaultsOverRest, RequireTheThreePercentages) {
  EXPECT_THAT(faults_of(json::object()), ElementsAre("/error_pct", "/ratelimit_pct", "/timeout_pct"));
  auto document = profile(0, 0, 0);
  document["error_pct"] = nullptr;
  EXPECT_THAT(faults_of(document), ElementsAre("/error_pct"));
}

TEST_F(FaultsOverRest, RefuseWhatIsNoPercentage) {
  for (const auto& wrong : std::vector<json>{-1, 101, 4294967296, 18446744073709551615U, 5.0, 0.5, "5", true,
                                             json::array({5}), json::object()}) {
    auto document = profile(0, 0, 0);
    document["error_pct"] = wrong;
    EXPECT_THAT(faults_of(document), ElementsAre("/error_pct")) << wrong;
    document = profile(0, 0, 0);
    document["providers"] = {{"email", {{"timeout_pct", wrong}}}};
    EXPECT_THAT(faults_of(document), ElementsAre("/providers/email/timeout_pct")) << wrong;
  }
}

TEST_F(FaultsOverRest, RefusePercentagesThatTogetherAreMoreThanAll) {
  EXPECT_THAT(faults_of(profile(50, 50, 1)), ElementsAre(""));
  EXPECT_THAT(faults_of(profile(100, 100, 100)), ElementsAre(""));
  EXPECT_EQ(set(profile(50, 49, 1)).status, 200);
}

TEST_F(FaultsOverRest, RefuseAMemberThatIsMisspelt) {
  auto document = profile(0, 0, 0);
  document["eror_pct"] = 100;
  document["providers"] = {{"email", {{"error_percent", 100}, {"providers", json::object()}}}};
  EXPECT_THAT(faults_of(document),
              ElementsAre("/eror_pct", "/providers/email/error_percent", "/providers/email/providers"));
}

TEST_F(FaultsOverRest, RefuseProvidersThatAreNoObjects) {
  auto document = profile(0, 0, 0);
  for (const auto& wrong : std::vector<json>{json::array(), 1, "email"}) {
    document["providers"] = wrong;
    EXPECT_THAT(faults_of(document), ElementsAre("/providers")) << wrong;
    document["providers"] = {{"a/b", wrong}};
    EXPECT_THAT(faults_of(document), ElementsAre("/providers/a~1b")) << wrong;
  }
}

TEST_F(FaultsOverRest, RefuseANameThatStandsTwice) {
  const auto answer = put(kPath, R"({"timeout_pct":0,"error_pct":0,"ratelimit_pct":0,"error_pct":100})");
  expect_problem(answer, 400, "validation_failed");
  EXPECT_THAT(pointers_of(answer), ElementsAre("/error_pct"));
}

TEST_F(FaultsOverRest, RefuseWhatIsNoJsonObject) {
  expect_problem(put(kPath, "{"), 400, "invalid_json");
  expect_problem(put(kPath, ""), 400, "invalid_json");
  expect_problem(put(kPath, "5"), 400, "validation_failed");
  expect_problem(put(kPath, R"({"timeout_pct":1e999})"), 400, "invalid_json");
  expect_problem(ask(http::Method::kPut, kPath, "{}"), 415, "unsupported_media_type");
}

TEST_F(FaultsOverRest, TellWhatTheProvidersFoundWrong) {
  providers_.error = base::Error{base::ErrorCode::kInvalid, "the provider 'nobody' injects no faults"};
  auto document = profile(0, 0, 0);
  document["providers"] = {{"nobody", json::object()}};
  const auto answer = set(document);
  expect_problem(answer, 400, "validation_failed");
  EXPECT_EQ(parsed(answer).at("detail"), "the provider 'nobody' injects no faults");
}

TEST_F(FaultsOverRest, AreAnsweredWhenTheyAreInForce) {
  providers_.hold = true;
  const auto sink = std::make_shared<AnswerSink>();
  start(http::Method::kPut, kPath, profile(0, 0, 0).dump(), {{"Content-Type", "application/json"}}, sink);
  EXPECT_EQ(sink->answers, 0);
  providers_.answer_now();
  EXPECT_EQ(sink->answers, 1);
}

TEST_F(FaultsOverRest, WaitUntilTheHostHasStarted) {
  readiness_.now = {api::NotReady::kStarting};
  expect_problem(set(profile(0, 0, 0)), 503, "starting");
}

}  // namespace
}  // namespace herald::test
