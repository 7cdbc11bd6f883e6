// Errors have one form, whoever finds them.
#include "api/problem.h"

#include <string>

#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

using http::Method;

class Problems : public ApiTest {};

TEST_F(Problems, HaveOneFormForEveryKind) {
  for (int value = 0; value <= static_cast<int>(api::Problem::kNotReady); ++value) {
    const auto response = api::problem(static_cast<api::Problem>(value), {kRequestId});
    expect_problem(response, response.status, parsed(response).value("code", ""));
    EXPECT_GE(response.status, 400);
    // Those that repeating can mend; a rate limit's own depends on the limit.
    const bool passing = response.status == 503 || parsed(response).value("code", "") == "idempotency_key_in_flight";
    EXPECT_EQ(passing, !header(response, "Retry-After").empty()) << response.body;
  }
}

TEST_F(Problems, HaveACodeOfTheirOwn) {
  std::vector<std::string> codes;
  for (int value = 0; value <= static_cast<int>(api::Problem::kNotReady); ++value)
    codes.push_back(parsed(api::problem(static_cast<api::Problem>(value), {})).at("code"));
  std::sort(codes.begin(), codes.end());
  EXPECT_EQ(std::adjacent_find(codes.begin(), codes.end()), codes.end());
}

TEST_F(Problems, SayTheSameWhateverTheIdOfTheRequest) {
  for (int value = 0; value <= static_cast<int>(api::Problem::kNotReady); ++value) {
    const auto kind = static_cast<api::Problem>(value);
    auto usual = parsed(api::problem(kind, {kRequestId}));
    const std::string quoted = R"(id" with \ what must be escaped)";
    const auto escaped = parsed(api::problem(kind, {quoted}));
    EXPECT_EQ(escaped.at("request_id"), quoted);
    usual["request_id"] = quoted;
    EXPECT_EQ(usual, escaped);
  }
}

TEST_F(Problems, AnswerAnUnknownPath) {
  expect_problem(get("/nothing/here"), 404, "not_found");
}

TEST_F(Problems, AnswerABrokenPath) {
  expect_problem(get("/api/providers/%00"), 400, "malformed_path");
}

TEST_F(Problems, AnswerAnotherMethodWithThoseThatArePossible) {
  for (const auto method :
       {Method::kPut, Method::kPatch, Method::kDelete, Method::kOptions, Method::kOther, Method::kGet}) {
    const auto answer = ask(method, "/api/messages/sms");
    expect_problem(answer, 405, "method_not_allowed");
    EXPECT_EQ(header(answer, "Allow"), "POST");
  }
  EXPECT_EQ(header(ask(Method::kPost, "/healthz"), "Allow"), "GET, HEAD");
}

TEST_F(Problems, AnswerABodyThatIsNotJson) {
  expect_problem(ask(Method::kPost, "/api/messages/sms", sms().dump()), 415, "unsupported_media_type");
  expect_problem(ask(Method::kPost, "/api/messages/sms", sms().dump(), {{"Content-Type", "text/plain"}}), 415,
                 "unsupported_media_type");
}

TEST_F(Problems, AnswerAClientThatTakesNoJson) {
  expect_problem(post("/api/messages/sms", sms(), {{"Accept", "text/html"}}), 406, "not_acceptable");
  expect_problem(get("/api/providers", {{"Accept", "text/html"}}), 406, "not_acceptable");
  expect_problem(get("/metrics", {{"Accept", "image/png"}}), 406, "not_acceptable");
  EXPECT_TRUE(store_.accepted().empty());
}

TEST_F(Problems, RenderTheFaultsOfHttp) {
  const auto answer = api_.refuse({431, "header_too_large", "The request has too many fields.", kRequestId});
  expect_problem(answer, 431, "header_too_large");
  EXPECT_EQ(parsed(answer).at("title"), "Request header fields too large");
  EXPECT_EQ(parsed(answer).at("detail"), "The request has too many fields.");
}

TEST_F(Problems, RenderAFaultThatTheTableKnowsAsTheTableDoes) {
  const auto answer = api_.refuse({413, "body_too_large", "The body is too large.", kRequestId});
  expect_problem(answer, 413, "body_too_large");
  EXPECT_EQ(parsed(answer).at("title"), parsed(api::problem(api::Problem::kBodyTooLarge, {})).at("title"));
}

TEST_F(Problems, StayWellFormedWhateverStandsInThem) {
  const auto answer = api_.refuse({400, "malformed_request", "Bad \xff\"octets\".", "req-\xff\"1"});
  EXPECT_TRUE(parsed(answer).is_object()) << answer.body;
  const auto duplicate =
      post_raw("/api/messages/sms", std::string(R"({"\u0000\ud83d\udce8)") + std::string(100, 'x') +
                                        R"(":1,"\u0000\ud83d\udce8)" + std::string(100, 'x') + "\":1}");
  EXPECT_TRUE(parsed(duplicate).is_object()) << duplicate.body;
}

class HeadCheck : public ApiTest {
 protected:
  static Headers head(const std::string& length, const std::string& type = "application/json") {
    return {{"Content-Type", type}, {"Content-Length", length}, {"Expect", "100-continue"}};
  }
};

TEST_F(HeadCheck, LetsABodyComeThatWillBeRead) {
  EXPECT_FALSE(check_head(Method::kPost, "/api/messages/sms", head("262144")));
}

TEST_F(HeadCheck, RefusesBeforeTheBodyWhatTheHeadDecides) {
  EXPECT_EQ(check_head(Method::kPost, "/nothing", head("10"))->status, 404);
  EXPECT_EQ(check_head(Method::kPut, "/api/messages/sms", head("10"))->status, 405);
  EXPECT_EQ(check_head(Method::kPost, "/api/messages/sms", head("10", "text/plain"))->status, 415);
  EXPECT_EQ(check_head(Method::kPost, "/api/messages/sms", head("262145"))->status, 413);
  EXPECT_EQ(check_head(Method::kPost, "/api/messages/sms", head("99999999999999999999999999"))->status, 413);
  auto picky = head("10");
  picky.emplace_back("Accept", "text/html");
  EXPECT_EQ(check_head(Method::kPost, "/api/messages/sms", picky)->status, 406);
}

}  // namespace
}  // namespace herald::test
