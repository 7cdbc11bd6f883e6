// The probes and the metrics.
#include <string>

#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

class Operating : public ApiTest {};

TEST_F(Operating, SaysThatItIsHealthy) {
  const auto answer = get("/healthz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(parsed(answer), json({{"status", "ok"}}));
}

TEST_F(Operating, AnswersAProbeWhateverItAccepts) {
  EXPECT_EQ(get("/healthz", {{"Accept", "text/html"}}).status, 200);
}

TEST_F(Operating, StaysAliveWhileItIsNotReady) {
  readiness_.now = {api::NotReady::kDraining};
  EXPECT_EQ(get("/livez").status, 200);
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(Operating, IsReadyWithoutAReasonAgainst) {
  const auto answer = get("/readyz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(parsed(answer), json({{"status", "ready"}}));
}

TEST_F(Operating, IsReadyAndNamesTheProvidersThatMakeNoProgress) {
  readiness_.stalled = {"email", "sms-mms"};
  const auto answer = get("/readyz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(parsed(answer), json({{"status", "ready"}, {"stalled_providers", {"email", "sms-mms"}}}));
}

TEST_F(Operating, NamesEveryReasonWhyItIsNotReady) {
  readiness_.now = {api::NotReady::kStarting, api::NotReady::kDraining, api::NotReady::kStoreUnavailable,
                    api::NotReady::kWriterStalled, api::NotReady::kDispatcherStalled};
  const auto answer = get("/readyz");
  expect_problem(answer, 503, "not_ready");
  EXPECT_EQ(parsed(answer).at("reasons"),
            json({"starting", "draining", "store_unavailable", "writer_stalled", "dispatcher_stalled"}));
}

TEST_F(Operating, GivesItsMetricsAsText) {
  metrics_.provider("sms-mms");
  const auto answer = get("/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_NE(answer.body.find("provider=\"sms-mms\""), std::string::npos);
}

TEST_F(Operating, GivesItsMetricsAsAFlatObject) {
  metrics_.provider("sms-mms").attempts.add(3);
  const auto answer = get("/metrics", {{"Accept", "application/json"}});
  EXPECT_EQ(answer.content_type, "application/json");
  const auto body = parsed(answer);
  EXPECT_EQ(body.at("ts_unix_ms"), base::unix_ms(clock_.wall()));
  EXPECT_EQ(body.at("provider_sms_mms_attempts"), 3);
  EXPECT_EQ(body.at("invalid_routing"), 0);
}

TEST_F(Operating, CountsARouteThatIsMissing) {
  routes_.phone.reset();
  send_sms(sms());
  EXPECT_EQ(parsed(get("/metrics", {{"Accept", "application/json"}})).at("invalid_routing"), 1);
}

}  // namespace
}  // namespace herald::test
