// What each refusal of intake is over HTTP, and what stands in the headers beside it.
#include "api/answers.h"

#include <gmock/gmock.h>

#include "unit/api/api_fixture.h"

namespace herald::test {
namespace {

using intake::Refusal;
using std::chrono::seconds;

class Answers : public ApiTest {
 protected:
  static intake::LimitState limit(std::string_view name, std::uint32_t quota, std::uint32_t remaining, seconds reset,
                                  seconds retry_after) {
    intake::LimitState state;
    state.name = name;
    state.quota = quota;
    state.remaining = remaining;
    state.reset = reset;
    state.retry_after = retry_after;
    return state;
  }

  static http::Response refused(Refusal::Reason reason, intake::Limits limits = {}) {
    Refusal refusal;
    refusal.reason = reason;
    refusal.limits = std::move(limits);
    return api::of_refusal(refusal, kRequestId, api::Problem::kNotCancellable);
  }
};

TEST_F(Answers, GiveEveryRefusalItsStatusAndCode) {
  using Reason = Refusal::Reason;
  expect_problem(refused(Reason::kProviderMissing), 500, "provider_missing");
  expect_problem(refused(Reason::kKeyInFlight), 409, "idempotency_key_in_flight");
  expect_problem(refused(Reason::kKeyReused), 422, "idempotency_key_reused");
  expect_problem(refused(Reason::kRateLimited), 429, "rate_limited");
  expect_problem(refused(Reason::kNotFound), 404, "message_not_found");
  expect_problem(refused(Reason::kConflict), 409, "not_cancellable");
  expect_problem(refused(Reason::kQueueFull), 503, "queue_full");
  expect_problem(refused(Reason::kUnavailable), 503, "store_unavailable");
  expect_problem(refused(Reason::kInternal), 500, "internal_error");
}

TEST_F(Answers, TellWhenAKeyInFlightMayBeTriedAgain) {
  EXPECT_EQ(header(refused(Refusal::Reason::kKeyInFlight), "Retry-After"), "1");
  EXPECT_EQ(header(refused(Refusal::Reason::kKeyReused), "Retry-After"), "");
}

TEST_F(Answers, ShowEveryLimitWithItsPolicyAndState) {
  const auto answer =
      api::accepted({domain::MessageId{7},
                     false,
                     {limit("ip", 120, 119, seconds{1}, seconds{0}), limit("sender", 60, 3, seconds{57}, seconds{0})}});
  EXPECT_EQ(header(answer, "RateLimit-Policy"), R"("ip";q=120;w=60, "sender";q=60;w=60)");
  EXPECT_EQ(header(answer, "RateLimit"), R"("ip";r=119;t=1, "sender";r=3;t=57)");
  EXPECT_EQ(header(answer, "Retry-After"), "");
}

TEST_F(Answers, HaveNoLimitHeadersWithoutLimits) {
  const auto answer = api::accepted({domain::MessageId{7}, false, {}});
  EXPECT_EQ(header(answer, "RateLimit-Policy"), "");
  EXPECT_EQ(header(answer, "RateLimit"), "");
}

TEST_F(Answers, AskToWaitForTheSlowerOfTwoLimits) {
  const auto answer = refused(Refusal::Reason::kRateLimited, {limit("ip", 120, 0, seconds{60}, seconds{2}),
                                                              limit("sender", 60, 0, seconds{60}, seconds{12})});
  EXPECT_EQ(header(answer, "Retry-After"), "12");
  EXPECT_EQ(header(answer, "RateLimit"), R"("ip";r=0;t=60, "sender";r=0;t=60)");
  EXPECT_EQ(header(answer, "RateLimit-Policy"), R"("ip";q=120;w=60, "sender";q=60;w=60)");
}

TEST_F(Answers, NeverAskToComeBackAtOnce) {
  const auto answer = refused(Refusal::Reason::kRateLimited, {limit("ip", 120, 0, seconds{1}, seconds{0})});
  EXPECT_EQ(header(answer, "Retry-After"), "1");
}

TEST_F(Answers, SayThatAReplayIsOne) {
  EXPECT_EQ(header(api::accepted({domain::MessageId{7}, true, {}}), "Idempotency-Replayed"), "true");
  EXPECT_EQ(header(api::accepted({domain::MessageId{7}, false, {}}), "Idempotency-Replayed"), "");
}

}  // namespace
}  // namespace herald::test
